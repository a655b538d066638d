package report

import (
	"fmt"
	"slices"
	"strings"
)

// What a timeline looks like.
const (
	goodputHeight  = 84
	activityHeight = 46
	stripPoints    = 240   // of one contestant, if there are few
	allPoints      = 10000 // of all contestants in all cells, so that the page stays small
	leastPoints    = 50
)

// timelines puts goodput and what goes over the wire in time: a strip for each contestant, on the same axes.
func (p *page) timelines(m *markup, c *Cell) {
	rows := rowsWith(c, func(r *Row) bool { return r.Trials > 0 })
	end, top, busy, inFlight := 0.0, 0.0, 0.0, 0.0
	first, _ := p.split(c, rows) // the axes are theirs: one that takes for ever would make them short
	for _, r := range first {
		top = max(top, peak(r.Series))
		for _, x := range r.Activity {
			busy, inFlight = max(busy, x.Most.Attempts, x.Most.Throttled, x.Most.Failed), max(inFlight, x.Most.InFlight)
		}
		if n := len(r.Series); n > 0 {
			end = max(end, r.Series[n-1].TS)
		}
		if n := len(r.Activity); n > 0 {
			end = max(end, r.Activity[n-1].TS)
		}
	}
	if end == 0 {
		m.put(`<p class="none">No timeline: no trial that counts has one.</p>`)
		return
	}
	labels := p.stretches(c, end)
	goodput := newPlane(goodputHeight, 0, end, 0, top*1.05)
	goodput.yTicks, goodput.class = goodput.y.ticks(3), "tl"
	activity := newPlane(activityHeight, 0, end, 0, busy*1.05)
	activity.yTicks, activity.class = highest(activity.y), "tl act"
	activity.yText = func(v float64) string { return tickText(v) + "/s" }
	flight := newPlane(activityHeight, 0, end, 0, inFlight*1.05)
	m.put(`<div class="strips" data-end="%v" data-top="%v" data-busy="%v" data-flight="%v">`, round3(end), round3(goodput.y.max), round3(activity.y.max), round3(flight.y.max))
	p.stripHead(m, labels, goodput)
	shades := ""
	if len(labels.stretches) > 0 {
		shades = cellID("shades", c)
		putShades(m, shades, labels, goodput)
	}
	p.perRow(m, c, cellID("timeline", c), rows, func(m *markup, r *Row, others int) {
		m.put(`<div class="strip" data-c="%d"><p class="who">`, indexOf(p.a, r.Contestant))
		putName(m, p.a, r.Contestant)
		putAlike(m, others)
		more := ""
		if n := len(r.Series); n > 0 && r.Series[n-1].TS > end {
			more = ", goes on until " + num(r.Series[n-1].TS) + " s"
		}
		m.put(` <small>%s%s</small></p>`, stripFacts(r), more)
		if p.a.Workload.moves() {
			p.goodputStrip(m, c, r, goodput, shades)
		}
		p.activityStrip(m, r, activity, flight, shades)
		m.put("</div>\n")
	})
	m.put(`<svg class="axisrow" width="100%%" height="22" aria-hidden="true">`)
	for i, v := range goodput.xTicks {
		x, _ := goodput.at(v, 0)
		m.put(`<text class="tx%s" x="%v" y="0">%s</text>`, map[bool]string{true: " odd"}[i%2 == 1], x, tickText(v))
	}
	m.put(`</svg><p class="xlabel">seconds since the trial began</p></div>`)
	p.timelineTable(m, c, rows)
}

// highest is a tick above zero near the upper end: there is room for one.
func highest(y scale) []float64 {
	for n := 2; n < 9; n++ {
		if ticks := y.ticks(n); len(ticks) > 1 {
			return ticks[len(ticks)-1:]
		}
	}
	return nil
}

// stretches are the times that are shaded, each with the line in which its name stands.
func (p *page) stretches(c *Cell, end float64) windowLabels { return placeWindows(c, p.a.WarmUpS, end) }

// stripHead names the shaded times above the first strip.
func (p *page) stripHead(m *markup, w windowLabels, plane *plane) {
	if w.lines == 0 {
		return
	}
	m.put(`<svg class="axisrow head" width="100%%" height="%d" role="img"><title>Shaded times</title>`, 20*w.lines+4)
	for _, s := range w.stretches {
		from, _ := plane.at(s.from, 0)
		to, _ := plane.at(s.to, 0)
		y := 20*max(s.line, 0) + 14
		class := "trouble"
		if s.warmUp {
			class = "warm"
		}
		if s.line >= 0 {
			at, anchor := from, "start"
			if from > 60 {
				at, anchor = to, "end"
			}
			m.put(`<text class="%s" x="%v" y="%d" text-anchor="%s">%s</text>`, class, at, y, anchor, s.name)
		}
		m.put(`<rect class="bar-%s" x="%v" width="%v" y="%d" height="3"><title>%s: %s to %s s</title></rect>`, class, from, to-from, y+4, s.name, num(s.from), num(s.to))
	}
	m.put(`</svg>`)
	putShadedNames(m, w)
}

// maxShadedNames is how many shaded times a narrow window names.
const maxShadedNames = 6

// putShadedNames says in a line what is shaded, for windows in which there is no room for names above the strips.
func putShadedNames(m *markup, w windowLabels) {
	var names []string
	for _, s := range w.stretches[:min(len(w.stretches), maxShadedNames)] {
		names = append(names, fmt.Sprintf("%s (%s–%s s)", s.name, num(s.from), num(s.to)))
	}
	text := strings.Join(names, "; ")
	if n := len(w.stretches) - len(names); n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	m.put(`<p class="narrow">Shaded: %s</p>`, text)
}

// putShades puts the shaded times of a cell once, for all of its strips: there may be a hundred, and many strips. A stretch has its name and
// times in the head.
func putShades(m *markup, id string, w windowLabels, plane *plane) {
	m.put(`<svg width="0" height="0" class="defs" aria-hidden="true" focusable="false"><symbol id="%s" viewBox="0 0 10000 1" preserveAspectRatio="none">`, id)
	for _, class := range []string{"warm", "trouble"} {
		m.put(`<path class="shade-%s" d="`, class)
		for _, s := range w.stretches {
			if s.warmUp == (class == "warm") {
				from, _ := plane.at(s.from, 0)
				to, _ := plane.at(s.to, 0)
				x := int(from*100 + 0.5)
				m.put(`M%d,0H%dV1H%dZ`, x, max(int(to*100+0.5), x+1), x)
			}
		}
		m.put(`"/>`)
	}
	m.put(`</symbol></svg>`)
}

// putShade fills the shaded times of one strip.
func putShade(m *markup, id string) {
	if id != "" {
		m.put(`<use href="#%s" width="100%%" height="100%%"/>`, id)
	}
}

// stripFacts says in a line what a strip shows.
func stripFacts(r *Row) string {
	facts := "no verified bytes"
	if s := r.Stat("goodput_mib_s"); s.Max > 0 {
		facts = interval(s) + " MiB/s"
	}
	if s := r.Stat("recovery_s"); s.N > 0 {
		if s.Censored {
			facts += ", not back within " + strings.TrimPrefix(interval(s), ">") + " s"
		} else {
			facts += ", back after " + interval(s) + " s" + sinceHint(r)
		}
	}
	return facts
}

func (p *page) goodputStrip(m *markup, c *Cell, r *Row, plane *plane, shades string) {
	plane.title = "Goodput over time of " + labelOf(r.Contestant, r.Oracle)
	plane.desc = stripFacts(r) + "; " + c.Name()
	plane.openOver(m, func() { putShade(m, shades) })
	var line polyline
	var high, low []Point
	for _, k := range thinned(r.Series, p.points) {
		line.add(plane, k.TS, k.Median)
		high, low = append(high, Point{TS: k.TS, Max: k.Max}), append(low, k)
	}
	openLines(m)
	if p.a.Repeats > 1 {
		var band polyline
		for _, k := range high {
			band.add(plane, k.TS, k.Max)
		}
		slices.Reverse(low)
		for _, k := range low {
			band.add(plane, k.TS, k.Min)
		}
		m.put(`<polygon class="band %s" points="%s"/>`, hueClass(p.a, r.Contestant), band.String())
	}
	m.put(`<polyline class="line %s" points="%s"/>`, hueClass(p.a, r.Contestant), line.String())
	closeLines(m)
	if s := r.Back; s.N > 0 && !s.Censored {
		x, _ := plane.at(s.Median, 0)
		anchor, dx := "start", 5
		if x > 50 { // whichever side has more room: on a phone there is little
			anchor, dx = "end", -5
		}
		m.put(`<line class="back" x1="%v" x2="%v" y2="100%%"/><text class="back" x="%v" dx="%d" y="12" text-anchor="%s">T90 at %s s</text>`,
			x, x, x, dx, anchor, interval(s))
	}
	plane.close(m)
}

func (p *page) activityStrip(m *markup, r *Row, act, flight *plane, shades string) {
	act.title = "Attempts over time of " + labelOf(r.Contestant, r.Oracle)
	act.desc = "Attempts per second, those throttled and those failed, and attempts in flight"
	act.openOver(m, func() { putShade(m, shades) })
	var attempts, throttled, failed, flying polyline
	anyThrottled, anyFailed := false, false
	thin := thinnedActivity(r.Activity, p.points)
	ranges := func(of *plane, name string, get func(f Flow) float64) {
		if p.a.Repeats < 2 {
			return
		}
		var band polyline
		for _, k := range thin {
			band.add(of, k.TS, get(k.Most))
		}
		for _, k := range slices.Backward(thin) {
			band.add(of, k.TS, get(k.Least))
		}
		m.put(`<polygon class="range of-%s" points="%s"/>`, name, band.String())
	}
	for i, k := range thin {
		attempts.add(act, k.TS, k.Attempts)
		flying.add(flight, k.TS, k.InFlight)
		if i == 0 {
			throttled.add(act, k.TS, 0)
		}
		throttled.add(act, k.TS, k.Throttled)
		if i == len(thin)-1 {
			throttled.add(act, k.TS, 0)
		}
		failed.add(act, k.TS, k.Failed)
		anyThrottled, anyFailed = anyThrottled || k.Throttled > 0, anyFailed || k.Failed > 0
	}
	openLines(m)
	ranges(act, "attempts", func(f Flow) float64 { return f.Attempts })
	ranges(flight, "flight", func(f Flow) float64 { return f.InFlight })
	if anyThrottled {
		ranges(act, "throttled", func(f Flow) float64 { return f.Throttled })
		m.put(`<polygon class="throttled" points="%s"/>`, throttled.String())
	}
	if anyFailed {
		ranges(act, "failed", func(f Flow) float64 { return f.Failed })
		m.put(`<polyline class="failed" points="%s"/>`, failed.String())
	}
	m.put(`<polyline class="flight" points="%s"/><polyline class="attempts" points="%s"/>`, flying.String(), attempts.String())
	closeLines(m)
	act.close(m)
}

// thinned takes at most n points, each the extremes and the mean of those that it stands for.
func thinned(points []Point, n int) []Point {
	step := (len(points) + n - 1) / max(n, 1)
	if step <= 1 {
		return points
	}
	var out []Point
	for group := range slices.Chunk(points, step) {
		k := group[0]
		sum, t := 0.0, 0.0
		for _, g := range group {
			sum, t = sum+g.Median, t+g.TS
			k.Min, k.Max = min(k.Min, g.Min), max(k.Max, g.Max)
		}
		k.Median, k.TS = sum/float64(len(group)), t/float64(len(group))
		out = append(out, k)
	}
	return out
}

func thinnedActivity(points []Activity, n int) []Activity {
	step := (len(points) + n - 1) / max(n, 1)
	if step <= 1 {
		return points
	}
	var out []Activity
	for group := range slices.Chunk(points, step) {
		k := Activity{Least: group[0].Least, Most: group[0].Most}
		for _, g := range group {
			k.TS, k.Flow = k.TS+g.TS, k.plus(g.Flow, 1)
			k.Least, k.Most = k.Least.least(g.Least), k.Most.most(g.Most)
		}
		k.TS, k.Flow = k.TS/float64(len(group)), k.times(1/float64(len(group)))
		out = append(out, k)
	}
	return out
}

// timelineTable says the same in numbers: goodput by phase where there are phases, and in tenths of the time where there are none.
func (p *page) timelineTable(m *markup, c *Cell, rows []*Row) {
	head := []string{"contestant"}
	var phases []string
	for _, r := range rows {
		for _, x := range r.Phases {
			if !slices.Contains(phases, x.Name) {
				phases = append(phases, x.Name)
			}
		}
	}
	if len(phases) > 0 {
		head = append(head, phases...)
	} else {
		for i := range tenths {
			head = append(head, fmt.Sprintf("%s–%s s", num(c.EndS*float64(i)/tenths), num(c.EndS*float64(i+1)/tenths)))
		}
	}
	var lines [][]string
	for _, r := range rows {
		l := []string{labelOf(r.Contestant, r.Oracle)}
		if len(phases) > 0 {
			for _, name := range phases {
				l = append(l, interval(r.PhaseStat(name, "goodput_mib_s")))
			}
		} else {
			for _, s := range r.Tenths {
				l = append(l, interval(s))
			}
			for len(l) < len(head) { // it has no timeline
				l = append(l, none)
			}
		}
		lines = append(lines, l)
	}
	dataTable(m, "Goodput in MiB/s over time, "+c.Name(), head, lines)
}

// round3 keeps what a script needs of a number.
func round3(f float64) float64 { return float64(int(finite(f)*1000+0.5)) / 1000 }

package report

import (
	"fmt"
	"math"
	"slices"
)

const curveHeight = 300

// recoveries puts the share of trials that were back after so many seconds.
func (p *page) recoveries(m *markup, c *Cell) {
	rows := rowsWith(c, hasRecovery)
	if len(rows) == 0 {
		m.put(`<p class="none">No trial of this cell has a recovery.</p>`)
		return
	}
	last := 0.0
	for _, r := range rows {
		last = max(last, r.Recoveries[len(r.Recoveries)-1].AfterS)
	}
	plane := newPlane(curveHeight, 0, max(last*1.05, 0.1), 0, 1.04)
	plane.yTicks, plane.yText = []float64{0, 0.25, 0.5, 0.75, 1}, shareText
	plane.title = "Recovery curves, " + c.Name()
	plane.desc = "Share of the trials whose goodput was back at 90 % so many seconds after the trouble. A cross marks a trial that was watched for so long and was not back."
	plane.class, plane.xLabel = "curves", "seconds after the trouble and the last hint"
	plane.yLabel = "share of trials that were back"
	plane.open(m)
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		m.put(`<g data-c="%d" class="%s%s">`, indexOf(p.a, r.Contestant), hueClass(p.a, r.Contestant), p.faint(i, r.Oracle))
		var line polyline
		line.add(plane, 0, 0)
		share := 0.0
		for _, x := range r.Recoveries {
			line.add(plane, x.AfterS, share)
			line.add(plane, x.AfterS, x.Share)
			share = x.Share
		}
		end := r.Recoveries[len(r.Recoveries)-1]
		if !end.Censored {
			line.add(plane, plane.x.max, share)
		}
		openLines(m)
		m.put(`<polyline class="line" points="%s"/>`, line.String())
		closeLines(m)
		for _, x := range r.Recoveries {
			left, top := plane.at(x.AfterS, x.Share)
			mark, says := glyphMark(p.a, r.Contestant), "back after "+num(x.AfterS)+" s"
			if x.Censored {
				mark, says = "cut", "watched for "+num(x.AfterS)+" s and not back"
			}
			m.put(`<use href="#%s" x="%v" y="%v"><title>%s: %s</title></use>`, mark, left, top, labelOf(r.Contestant, r.Oracle), says)
		}
		m.put(`</g>`)
	}
	plane.close(m)
	p.legend(m, rows)
	var lines [][]string
	for _, r := range rows {
		back, not := "", ""
		for _, x := range r.Recoveries {
			if x.Censored {
				not += " >" + num(x.AfterS)
			} else {
				back += " " + num(x.AfterS)
			}
		}
		lines = append(lines, []string{labelOf(r.Contestant, r.Oracle), interval(r.Stat("recovery_s")), back, not})
	}
	dataTable(m, "Seconds to recovery, "+c.Name(), []string{"contestant", "median", "back after", "not back while watched"}, lines)
}

func hasRecovery(r *Row) bool { return len(r.Recoveries) > 0 }

func hasLatency(r *Row) bool { return r.Latency != nil && len(r.Latency.Response) > 0 }

// latencies puts how large a share of the calls took longer than a time, with the waits between attempts and without them.
func (p *page) latencies(m *markup, c *Cell) {
	rows := rowsWith(c, hasLatency)
	if len(rows) == 0 {
		m.put(`<p class="none">No trial of this cell has response times.</p>`)
		return
	}
	low, high, least := math.Inf(1), 0.0, 1.0
	for _, r := range rows {
		for _, l := range [][]Longer{r.Latency.Response, r.Latency.Busy} {
			for _, x := range l {
				low, high, least = min(low, max(x.S, 1e-5)), max(high, x.S), min(least, x.Share)
			}
		}
	}
	plane := newPlane(curveHeight+40, low*0.9, max(high*1.1, low*2), max(least, 1e-6), 1)
	plane.x.log, plane.y.log = true, true
	plane.xTicks, plane.xText = logTicks(plane.x, 9), secondsText
	plane.yTicks, plane.yText = logTicks(plane.y, 1), shareText
	plane.title = "Response times, " + c.Name()
	plane.desc = "Share of the calls that took longer than a time, both logarithmic. Solid with the waits between attempts, dashed without them." +
		" A cross marks from where on no more is known, as the trial ended before the calls did."
	plane.class, plane.xLabel = "curves", "response time of calls that succeeded or were cut off (logarithmic; further left is better)"
	plane.yLabel = "share of calls that took longer"
	plane.open(m)
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		m.put(`<g data-c="%d" class="%s%s">`, indexOf(p.a, r.Contestant), hueClass(p.a, r.Contestant), p.faint(i, r.Oracle))
		openLines(m)
		for _, l := range []struct {
			class string
			of    []Longer
		}{{"line without", r.Latency.Busy}, {"line", r.Latency.Response}} {
			known := l.of[:knownPoints(l.of)]
			if len(known) == 0 {
				continue
			}
			var line polyline
			for _, x := range known {
				line.add(plane, max(x.S, plane.x.min), max(x.Share, plane.y.min))
			}
			m.put(`<polyline class="%s" points="%s"/>`, l.class, line.String())
		}
		closeLines(m)
		if n := knownPoints(r.Latency.Response); n < len(r.Latency.Response) {
			x := r.Latency.Response[max(0, n-1)] // the line's end, or where it would begin
			left, top := plane.at(max(x.S, plane.x.min), max(x.Share, plane.y.min))
			m.put(`<use href="#cut" x="%v" y="%v"><title>%s: of the longest %s of %s calls it is known only that they took longer, as the trials ended first</title></use>`,
				left, top, labelOf(r.Contestant, r.Oracle), num(float64(r.Latency.Limits)), num(float64(r.Latency.Calls)))
		}
		for _, share := range []float64{0.5, 0.05, 0.01} {
			if x, ok := pointAt(r.Latency.Response, share); ok && !x.Censored {
				left, top := plane.at(max(x.S, plane.x.min), share)
				m.put(`<use href="#%s" x="%v" y="%v"><title>%s: %s of calls took longer than %s</title></use>`, glyphMark(p.a, r.Contestant), left, top,
					labelOf(r.Contestant, r.Oracle), percent(share), secondsInterval(x.stat()))
			}
		}
		m.put(`</g>`)
	}
	plane.close(m)
	crosses := markup{}
	if slices.ContainsFunc(rows, func(r *Row) bool { return r.Latency.Limits > 0 }) {
		crosses.put(`<li>cross: who took longer was cut off by the trial's end</li>`)
	}
	m.put(`<ul class="legend keys"><li><svg class="key" width="34" height="12" aria-hidden="true"><line class="line" x2="34" y1="6" y2="6"/></svg>with the waits between attempts</li>`+
		`<li><svg class="key" width="34" height="12" aria-hidden="true"><line class="line without" x2="34" y1="6" y2="6"/></svg>without them</li><li>marks: half, 5%% and 1%% of calls took longer</li>%s</ul>`, crosses.html())
	p.legend(m, rows)
	p.latencyTable(m, c, rows)
}

func (p *page) latencyTable(m *markup, c *Cell, rows []*Row) {
	shares := tableShares
	head := []string{"contestant", "calls"}
	for _, s := range shares {
		head = append(head, fmt.Sprintf("p%v", tickText(100-100*s)))
	}
	head = append(head, "longest of a trial", "longest of all", "p50 without waits", "p95 without waits", "service p50", "service p95")
	var lines [][]string
	for _, r := range rows {
		l := r.Latency
		line := []string{labelOf(r.Contestant, r.Oracle), num(float64(l.Calls))}
		cell := func(of []Longer, share float64) {
			if x, ok := pointAt(of, share); ok {
				line = append(line, secondsInterval(x.stat()))
			} else {
				line = append(line, none)
			}
		}
		for _, s := range shares {
			cell(l.Response, s)
		}
		all := seconds(l.Longest.Max)
		if l.Longest.MaxCensored {
			all = ">" + all
		}
		line = append(line, secondsInterval(l.Longest), all)
		cell(l.Busy, 0.5)
		cell(l.Busy, 0.05)
		cell(l.Service, 0.5)
		cell(l.Service, 0.05)
		lines = append(lines, line)
	}
	dataTable(m, "Response times, "+c.Name(), head, lines)
}

// seconds prints a time with three digits that count.
func seconds(s float64) string {
	switch {
	case s < 0.9995e-3:
		return num(s*1e6) + " µs"
	case s < 0.9995:
		return num(s*1e3) + " ms"
	}
	return num(s) + " s"
}

func sortByAmplification(rows []*Row) {
	slices.SortStableFunc(rows, func(a, b *Row) int {
		switch x, y := a.Stat("amplification").Median, b.Stat("amplification").Median; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

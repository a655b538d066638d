package report

import (
	"fmt"
	"strings"
)

// Conclusion is what a run comes to, in words.
type Conclusion struct {
	Text string `json:"text"` // one sentence
	// But is what has to be known with it, in sentences, the weightiest first.
	But []string `json:"but,omitempty"`
	// Best is the contestant that it is about; empty: there is none.
	Best string `json:"best,omitempty"`
}

// finisher is a contestant as the verdict sees it: in the only cell, or over all of them.
type finisher struct {
	name                string
	goodput, efficiency Stat // of several cells: the means over them
	failed, objects     int
	trials, silent      int // that count, and of those the ones in which nothing got through
	// empty are the cells in which the median is 0 MiB/s, and elsewhere is the geometric mean of the others; N is zero: there are none.
	empty     []string
	elsewhere Stat
}

// verdictOf judges a run by rank: who lost a smaller share first, then who had more goodput. It says where that order may be chance.
func verdictOf(a *Analysis) Conclusion {
	places := finishersOf(a)
	if len(places) == 0 {
		if a.Trials == 0 {
			return Conclusion{Text: "No trial has ended yet, so there is nothing to judge."}
		}
		return Conclusion{Text: "No verdict: no trial of a contestant counts in every cell, so there is nothing to compare."}
	}
	if !anythingThrough(a) {
		return Conclusion{Text: fmt.Sprintf("No contestant got a verified %s through.", strings.TrimSuffix(a.Workload.units(), "s")), But: doubts(a, places)}
	}
	v := Conclusion{Best: places[0].name, Text: sentence(a, places)}
	v.But = append(v.But, silence(a, &places[0])...)
	v.But = append(v.But, rivals(a, places)...)
	v.But = append(v.But, doubts(a, places)...)
	return v
}

// anythingThrough reports whether a contestant moved a verified byte in any trial that counts, or got a call through, or a file removed: these carry no bytes.
func anythingThrough(a *Analysis) bool {
	return anyRow(a, func(r *Row) bool {
		return !r.Oracle && (r.Stat("goodput_mib_s").Max > 0 || a.Workload.Calls && r.Calls.sum() > r.Calls.GaveUp || a.Workload.Files == "delete" && r.FailedObjects < r.Objects)
	})
}

// finishersOf are the contestants that have a number everywhere, by rank, without the oracle.
func finishersOf(a *Analysis) (places []finisher) {
	if len(a.Cells) == 1 {
		for i := range a.Cells[0].Rows {
			r := &a.Cells[0].Rows[i]
			if r.Oracle || r.Trials == 0 {
				continue
			}
			places = append(places, finisher{name: r.Contestant, goodput: r.Stat("goodput_mib_s"), efficiency: r.Stat("efficiency"),
				failed: r.FailedObjects, objects: r.Objects})
		}
	} else {
		for i := range a.Overall {
			o := &a.Overall[i]
			if o.Oracle || o.Goodput == nil {
				continue
			}
			places = append(places, finisher{name: o.Contestant, goodput: o.stat(o.Goodput, o.GoodputInterval),
				efficiency: o.stat(o.Efficiency, o.EfficiencyInterval), failed: o.FailedObjects, objects: o.Objects})
		}
	}
	for i := range places {
		places[i].look(a)
	}
	return places
}

// stat is a mean over the cells with its interval; N is zero if there is none.
func (o *Overall) stat(mean *float64, in *Interval) Stat {
	switch {
	case mean == nil:
		return Stat{}
	case in == nil:
		return Stat{Median: *mean, Low: *mean, High: *mean, N: 1}
	}
	return Stat{Median: *mean, Low: in.Low, High: in.High, Confidence: in.Confidence, N: o.Repeats}
}

// look fills in where nothing got through.
func (p *finisher) look(a *Analysis) {
	var others []map[seeded]sample
	least := 0 // repeats
	for i := range a.Cells {
		for _, r := range rowsWith(&a.Cells[i], func(r *Row) bool { return r.Contestant == p.name }) {
			for _, v := range r.goodput {
				p.trials++
				if v == 0 {
					p.silent++
				}
			}
			if r.Stat("goodput_mib_s").Median > 0 {
				if others = append(others, r.seeded[goodput]); len(others) == 1 || len(r.goodput) < least {
					least = len(r.goodput)
				}
			} else {
				p.empty = append(p.empty, a.Cells[i].Name())
			}
		}
	}
	if len(others) > 0 {
		mean, in := meanOf(others)
		p.elsewhere = (&Overall{Repeats: least}).stat(mean, in)
	}
}

// sentence says who was best, and how good that is.
func sentence(a *Analysis, places []finisher) string {
	best := &places[0]
	var s strings.Builder
	if len(places) > 1 {
		fmt.Fprintf(&s, "Of %d contestants, ", len(places))
	}
	fmt.Fprint(&s, clean(best.name))
	units := a.Workload.units()
	bytes := anyRow(a, func(r *Row) bool { return r.Stat("goodput_mib_s").Max > 0 })
	moved := map[bool]string{true: " and moved"}[bytes]
	switch {
	case best.failed > 0 && len(places) > 1:
		fmt.Fprintf(&s, " lost the smallest share of its %s (%s of %s, %s)%s", units, num(float64(best.failed)), num(float64(best.objects)),
			percent(float64(best.failed)/float64(best.objects)), moved)
	case best.failed > 0:
		fmt.Fprintf(&s, " lost %s of %s %s (%s)%s", num(float64(best.failed)), num(float64(best.objects)), units, percent(float64(best.failed)/float64(best.objects)), moved)
	case len(places) == 1 || !bytes:
		fmt.Fprintf(&s, " lost none of its %s%s", units, moved)
		if n := noneLost(places[1:]); n > 0 && !bytes {
			fmt.Fprintf(&s, ", and neither did %s: who is faster is not judged, as nothing is moved", others(n))
		}
	default:
		fmt.Fprintf(&s, " moved the most verified bytes without losing %s:", a.Workload.one())
	}
	if bytes {
		fmt.Fprintf(&s, " %s MiB/s", num(best.goodput.Median))
		if best.goodput.N == 1 && len(places) > 1 {
			fmt.Fprint(&s, " in a single trial, which proves nothing")
		}
		if best.goodput.N > 1 && best.goodput.Confidence > 0 {
			fmt.Fprintf(&s, " (%s–%s, %s)", num(best.goodput.Low), num(best.goodput.High), percentFloor(best.goodput.Confidence))
		}
		if n := len(a.Cells); n > 1 {
			fmt.Fprintf(&s, " in the geometric mean of %d cells", n)
		}
	}
	if best.efficiency.N > 0 {
		fmt.Fprintf(&s, ", %s of what the oracle reached", percentSpread(best.efficiency))
	} else if bytes && len(a.Cells) == 1 && a.Cells[0].BoundMiBs != nil {
		fmt.Fprintf(&s, ", %s of what quota and link allow", percentSpread(scaled(best.goodput, 1 / *a.Cells[0].BoundMiBs)))
	}
	if low, high, ok := attemptsPerCall(a, best.name); ok {
		fmt.Fprintf(&s, ", at %s", wideSpread(low))
		if num(low.Median) != num(high.Median) {
			fmt.Fprintf(&s, " to %s", wideSpread(high))
		}
		fmt.Fprint(&s, " attempts per call")
	}
	return s.String() + "."
}

// noneLost counts who lost nothing.
func noneLost(places []finisher) (n int) {
	for _, p := range places {
		if p.failed == 0 {
			n++
		}
	}
	return n
}

func others(n int) string {
	if n == 1 {
		return "one other"
	}
	return fmt.Sprintf("%d others", n)
}

// wideSpread prints the median and its interval, unless that says nothing more.
func wideSpread(s Stat) string {
	if s.Low == s.High {
		return median(s)
	}
	return spread(s)
}

// percentSpread prints a share and its interval, unless that says nothing more.
func percentSpread(s Stat) string {
	if s.N < 2 || s.Low == s.High {
		return percent(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", percent(s.Median), strings.TrimSuffix(percent(s.Low), "%"), percent(s.High))
}

// attemptsPerCall is the lowest and the highest amplification of a contestant over the cells.
func attemptsPerCall(a *Analysis, name string) (low, high Stat, ok bool) {
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r := &a.Cells[i].Rows[j]
			s := r.Stat("amplification")
			if r.Contestant != name || s.N == 0 {
				continue
			}
			if !ok || s.Median < low.Median {
				low = s
			}
			if !ok || s.Median > high.Median {
				high = s
			}
			ok = true
		}
	}
	return low, high, ok
}

// silence says where the best got nothing through.
func silence(a *Analysis, best *finisher) (but []string) {
	switch {
	case len(a.Cells) > 1 && len(best.empty) > 0 && best.elsewhere.Median > 0:
		but = append(but, fmt.Sprintf("In %d of %d cells (%s) its median is 0 MiB/s, and so its geometric mean is too; that of the other cells is %s.",
			len(best.empty), len(a.Cells), few(best.empty), wideSpread(best.elsewhere)))
	case len(best.empty) == 0 || best.silent == best.trials && (a.Workload.Calls || a.Workload.Files == "delete"):
	case best.silent > 0:
		but = append(but, fmt.Sprintf("It got nothing through in %d of %d trials.", best.silent, best.trials))
	}
	return but
}

// rivals say who may be as good, and who moved more but lost more.
func rivals(a *Analysis, places []finisher) (but []string) {
	best := &places[0]
	if a.Workload.Files == "delete" { // that nobody's bytes tell apart
		return nil
	}
	var within, seeds, chance, more []string
	for i := range places[1:] {
		p := &places[1+i]
		by := faster(a, p, best, len(places))
		switch same := p.failed*best.objects == best.failed*p.objects; {
		case same && overlapping(p.goodput, best.goodput) && by != 0:
			seeds = append(seeds, apart(a, best, p, len(places)))
		case same && (by == 0 || num(p.goodput.Median) == num(best.goodput.Median)):
			within = append(within, clean(p.name))
		case !same && by >= 0 && lostByChance(a, p.name, best.name):
			chance = append(chance, fmt.Sprintf("%s (%s MiB/s, lost %s of %s)", clean(p.name), interval(p.goodput), num(float64(p.failed)), num(float64(p.objects))))
		case !same && by > 0:
			more = append(more, fmt.Sprintf("%s (%s MiB/s, but lost %s of %s)", clean(p.name), interval(p.goodput), num(float64(p.failed)), num(float64(p.objects))))
		}
	}
	switch n := len(within); {
	case n > 0 && n == len(places)-1:
		but = append(but, "All the others' intervals overlap with that, so this run does not show that anybody is better than another.")
	case n == 1:
		but = append(but, fmt.Sprintf("The interval of %s overlaps with that, so which of the two is better is not shown.", within[0]))
	case n > 1:
		but = append(but, fmt.Sprintf("The intervals of %s overlap with that, so who of them is best is not shown.", fewAnd(within)))
	}
	if len(seeds) > 0 {
		but = append(but, fmt.Sprintf("Intervals overlap, but in trials of the same seed one moved more: %s.", few(seeds)))
	}
	if len(chance) > 0 {
		but = append(but, fmt.Sprintf("It is ranked by what was lost, %s of %s, and may be before these by chance alone: %s.",
			num(float64(best.failed)), num(float64(best.objects)), few(chance)))
	}
	if len(more) > 0 {
		but = append(but, fmt.Sprintf("More verified bytes per second, at a price: %s.", few(more)))
	}
	if n := len(a.Cells); n > 1 {
		first := 0
		for i := range a.Cells {
			if rows := a.Cells[i].Rows; len(rows) > 0 && rows[0].Contestant == best.name {
				first++
			}
		}
		but = append(but, fmt.Sprintf("It is first in %d of %d cells.", first, n))
	}
	return but
}

// doubts say what the whole run is worth.
func doubts(a *Analysis, places []finisher) (but []string) {
	failed, invalid, saturated := 0, 0, 0
	cut, timed := 0, 0
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r := &a.Cells[i].Rows[j]
			if r.Contestant == places[0].name {
				n, all := r.stalled()
				cut, timed = cut+n, timed+all
			}
			failed, invalid, saturated = failed+r.Failed, invalid+r.Invalid, saturated+r.Saturated
		}
	}
	if cut > 0 {
		but = append(but, fmt.Sprintf("%s of its %s %s were still waiting when the trials ended, which is no failure and no success.", num(float64(cut)), num(float64(timed)), a.Workload.timed()))
	}
	if n := failed + invalid; n > 0 {
		but = append(but, fmt.Sprintf("%d of %d trials failed or are invalid, and do not count.", n, a.Trials))
	}
	if saturated > 0 {
		but = append(but, fmt.Sprintf("In %d %s this machine was the bottleneck, so their numbers say little about the contestants.", saturated, plural(saturated, "trial")))
	}
	switch {
	case a.Repeats == 1:
		but = append(but, "There is one trial of each, so nothing is known of chance.")
	case a.Repeats < fewRepeats:
		but = append(but, fmt.Sprintf("With %d repeats that is a hint and no proof: it takes %d for intervals that hold with 95 %%.", a.Repeats, fewRepeats))
	case places[0].goodput.N < fewRepeats:
		but = append(but, fmt.Sprintf("Of %s only %d %s somewhere, which is a hint and no proof: it takes %d for intervals that hold with 95 %%.",
			clean(places[0].name), places[0].goodput.N, map[bool]string{true: "trial counts", false: "trials count"}[places[0].goodput.N == 1], fewRepeats))
	}
	if a.Planned > a.Trials {
		but = append(but, fmt.Sprintf("%d of %d trials have ended.", a.Trials, a.Planned))
	}
	return but
}

// fewAnd names the first of a list and counts the others, as in a sentence.
func fewAnd(names []string) string {
	if s := few(names); len(names) > maxNamed {
		return s
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

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
	name            string
	goodput         Stat
	efficiency      *float64
	failed, objects int
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
	best := &places[0]
	v := Conclusion{Best: best.name, Text: sentence(a, places)}
	if best.goodput.Median == 0 {
		v.Best = ""
	}
	v.But = append(v.But, rivals(a, places)...)
	v.But = append(v.But, doubts(a)...)
	return v
}

// finishersOf are the contestants that have a number everywhere, by rank, without the oracle.
func finishersOf(a *Analysis) (places []finisher) {
	if len(a.Cells) == 1 {
		for i := range a.Cells[0].Rows {
			r := &a.Cells[0].Rows[i]
			if r.Oracle || r.Trials == 0 {
				continue
			}
			p := finisher{name: r.Contestant, goodput: r.Stat("goodput_mib_s"), failed: r.FailedObjects, objects: r.Objects}
			if s := r.Stat("efficiency"); s.N > 0 {
				p.efficiency = &s.Median
			}
			places = append(places, p)
		}
		return places
	}
	for i := range a.Overall {
		o := &a.Overall[i]
		if o.Oracle || o.Goodput == nil {
			continue
		}
		p := finisher{name: o.Contestant, goodput: Stat{Median: *o.Goodput, Low: *o.Goodput, High: *o.Goodput, N: 1}, efficiency: o.Efficiency,
			failed: o.FailedObjects, objects: o.Objects}
		if in := o.GoodputInterval; in != nil {
			p.goodput.Low, p.goodput.High, p.goodput.Confidence, p.goodput.N = in.Low, in.High, in.Confidence, a.Repeats
		}
		places = append(places, p)
	}
	return places
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
	switch {
	case best.goodput.Median == 0:
		return fmt.Sprintf("No contestant got a verified %s through.", strings.TrimSuffix(units, "s"))
	case best.failed > 0 && len(places) > 1:
		fmt.Fprintf(&s, " lost the smallest share of its %s (%s of %s, %s) and moved", units, num(float64(best.failed)), num(float64(best.objects)),
			percent(float64(best.failed)/float64(best.objects)))
	case best.failed > 0:
		fmt.Fprintf(&s, " lost %s of %s %s (%s) and moved", num(float64(best.failed)), num(float64(best.objects)), units, percent(float64(best.failed)/float64(best.objects)))
	case len(places) == 1:
		fmt.Fprintf(&s, " lost none of its %s and moved", units)
	default:
		fmt.Fprintf(&s, " moved the most verified bytes without losing %s:", map[bool]string{true: "a call", false: "an upload"}[a.Workload.Calls])
	}
	fmt.Fprintf(&s, " %s MiB/s", num(best.goodput.Median))
	if best.goodput.N > 1 && best.goodput.Confidence > 0 {
		fmt.Fprintf(&s, " (%s–%s, %s)", num(best.goodput.Low), num(best.goodput.High), percentFloor(best.goodput.Confidence))
	}
	if n := len(a.Cells); n > 1 {
		fmt.Fprintf(&s, " in the geometric mean of %d cells", n)
	}
	if best.efficiency != nil {
		fmt.Fprintf(&s, ", %s of what the oracle reached", percent(*best.efficiency))
	} else if len(a.Cells) == 1 && a.Cells[0].BoundMiBs != nil {
		fmt.Fprintf(&s, ", %s of what quota and link allow", percent(best.goodput.Median / *a.Cells[0].BoundMiBs))
	}
	if low, high, ok := attemptsPerCall(a, best.name); ok {
		fmt.Fprintf(&s, ", at %s", num(low))
		if num(low) != num(high) {
			fmt.Fprintf(&s, " to %s", num(high))
		}
		fmt.Fprint(&s, " attempts per call")
	}
	return s.String() + "."
}

// attemptsPerCall is the lowest and the highest amplification of a contestant over the cells.
func attemptsPerCall(a *Analysis, name string) (low, high float64, ok bool) {
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r := &a.Cells[i].Rows[j]
			s := r.Stat("amplification")
			if r.Contestant != name || s.N == 0 {
				continue
			}
			if !ok {
				low, high, ok = s.Median, s.Median, true
			}
			low, high = min(low, s.Median), max(high, s.Median)
		}
	}
	return low, high, ok
}

// rivals say who may be as good, and who moved more but lost more.
func rivals(a *Analysis, places []finisher) (but []string) {
	best := &places[0]
	if best.goodput.Median == 0 {
		return nil
	}
	var within, more []string
	for _, p := range places[1:] {
		switch same := p.failed*best.objects == best.failed*p.objects; {
		case same && overlapping(p.goodput, best.goodput):
			within = append(within, clean(p.name))
		case !same && p.goodput.Low > best.goodput.High:
			more = append(more, fmt.Sprintf("%s (%s MiB/s, but lost %s of %s)", clean(p.name), num(p.goodput.Median), num(float64(p.failed)), num(float64(p.objects))))
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
func doubts(a *Analysis) (but []string) {
	failed, invalid, saturated := 0, 0, 0
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r := &a.Cells[i].Rows[j]
			failed, invalid, saturated = failed+r.Failed, invalid+r.Invalid, saturated+r.Saturated
		}
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

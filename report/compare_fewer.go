package report

import (
	"slices"
	"strings"
)

// fewer takes "better" away from what is less because less was done: who gives up early makes few attempts, and times are those of calls that
// succeeded; who waits long does both. It says so where more failed than before, or were cut off by the trial's end.
//
// Goodput keeps it, as it counts what got through.
func (c *Comparison) fewer(qs, overs []*question, w Workload) {
	lost := map[*both]bool{}
	for _, q := range qs {
		if slices.Contains(lostShares, q.metric.Name) && q.loses() {
			lost[q.at] = true
		}
	}
	warn := map[string][]string{} // by place, the metrics
	var places []string
	for _, q := range slices.Concat(qs, overs) {
		k := &q.change
		here := q.mean == nil && lost[q.at] || q.mean != nil && slices.ContainsFunc(q.mean.cells, func(b *both) bool { return lost[b] })
		if !here || k.Verdict != VerdictBetter || k.Better != Lower || slices.Contains(lossMetrics, k.Metric) {
			continue
		}
		k.Verdict, k.Why = VerdictInconclusive, "fewer succeeded, and it is less where less is done"
		place := clean(k.Contestant) + " (" + k.Cell + ")"
		if warn[place] == nil {
			places = append(places, place)
		}
		warn[place] = append(warn[place], k.label())
	}
	for _, place := range places {
		c.warn("fewer %s of %s succeeded in the head, so less of this is not called better: %s", w.units(), place, strings.Join(warn[place], ", "))
	}
}

// loses reports whether a share that failed or was cut off has gone up, as far as that can be told: it is worse, or nothing can be said of it, or its interval
// leaves zero out.
func (q *question) loses() bool {
	k := &q.change
	return k.Amount != nil && k.Amount.direction() > 0 && k.Amount.over(q.metric.grain) &&
		(k.Verdict == VerdictWorse || k.Verdict == VerdictNone || k.Amount.leavesZeroOut())
}

package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// common keeps the pairs alone, if they are enough to speak for both sides: four, and half of each. Otherwise, and where every value stands in a pair,
// it changes nothing.
//
// Note: one trial too many must not make two heaps of what hangs together by seed. The heaps may even have the change the wrong way round, as the trial may
// be of a seed that everybody is fast with.
func (n *numbers) common() (cut bool) {
	if n.whole() || !enough(len(n.paired), len(n.base), len(n.head)) {
		return false
	}
	n.base, n.head, n.baseSamples, n.headSample = nil, nil, nil, nil
	for i, p := range n.paired {
		n.base, n.head = append(n.base, p[0]), append(n.head, p[1])
		n.baseSamples, n.headSample = append(n.baseSamples, n.pairSamples[i][0]), append(n.headSample, n.pairSamples[i][1])
	}
	return true
}

// enough reports whether so many pairs can speak for sides of so many values.
func enough(pairs, base, head int) bool { return pairs >= fewest && 2*pairs >= max(base, head) }

// lossMetrics are those that count what was lost: in all trials, whether they have a partner or not.
var lossMetrics = []string{FailedShare, CutShare, "failed_objects", "failed_calls", "timed_out", "cut_off"}

// warnCommon says which trials of a place are left out of which metrics since they have no partner, and what is known of these trials: of the questions
// are those about this place. What was lost in them counts all the same.
func (c *Comparison) warnCommon(b *both, of []*question, w Workload) {
	var names, worst []string
	for _, q := range of {
		if !q.cut || q.n.lacking != "" || q.n.older != "" { // of what has no verdict, nothing is compared
			continue
		}
		names = append(names, q.change.label())
		if q.metric.Better != Neither && q.worstAlone() {
			worst = append(worst, q.change.label())
		}
	}
	if len(names) == 0 {
		return
	}
	var left []string
	failed, objects := 0, 0
	for i, trials := range b.alone {
		if n := len(trials); n > 0 {
			left = append(left, fmt.Sprintf("%d of the %s", n, sides[i]))
		}
		for _, t := range trials {
			failed, objects = failed+t.FailedObjects, objects+t.Objects
		}
	}
	if len(left) == 0 { // a pair has no value on either side
		return
	}
	cell := Cell{Workload: w, PartSize: b.partSize, Concurrency: b.concurrency}
	text := fmt.Sprintf("%s (%s): %s compared in trials of the same seed, which leaves out those without a partner, %s",
		clean(b.contestant), cell.Name(), few(names)+" "+map[bool]string{true: "is", false: "are"}[len(names) == 1], strings.Join(left, " and "))
	if failed > 0 {
		text += fmt.Sprintf("; they lost %d of %d %s, which counts in the failed share", failed, objects, w.units())
	}
	if len(worst) > 0 {
		text += fmt.Sprintf("; they have the head's worst %s", strings.Join(worst, ", "))
	}
	c.warn("%s", text)
}

// worstAlone reports whether the head's worst value is in a trial without a partner.
func (q *question) worstAlone() bool {
	worse := func(a, b float64) bool { return (a-b)*float64(q.metric.Better) < 0 }
	values := func(trials []*record.Trial) (v []float64) {
		for _, t := range trials {
			switch s, ok := q.metric.get(t); {
			case s.censored:
				v = append(v, math.Inf(1))
			case ok:
				v = append(v, s.value)
			}
		}
		return v
	}
	return slices.ContainsFunc(values(q.at.alone[1]), func(v float64) bool {
		return !slices.ContainsFunc(q.n.head, func(h float64) bool { return !worse(v, h) })
	})
}

package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/stats"
)

const (
	// fewest is how many values a side needs before anything is said: with fewer the U test cannot reach 5 %, however far apart they are.
	fewest = 4
	// worthPairing is the correlation between the sides from which on comparing pair by pair finds more than comparing two heaps. By
	// calculation: with ten pairs, Student's test of the differences and the U test of the heaps are as strong as each other at
	// about 0.25.
	worthPairing = 0.3
	// firstShare is the part of the allowed error that the first metric has by itself: three times what the others have together.
	firstShare = 3.0
)

// question is one metric at one place, on the way to its answer.
type question struct {
	at     *both      // nil: it is about all cells
	mean   *overCells // nil: it is about one
	metric *compared
	n      numbers
	change Change
	asked  bool    // a p-value is part of the family
	least  float64 // that the p-value could have been
	few    float64 // that it could have been with other values, as many as these
	weight float64
	blind  bool // no way to share these values out between the sides is significant
	cut    bool // trials without a partner are left out
	// meanAmount and meanShare are the changes of the means of two heaps. Nil: the change itself is of means, or there are none.
	meanAmount, meanShare *Effect
}

// judge answers all questions of a comparison.
func (c *Comparison) judge(all []both, metrics []compared, w Workload, o *CompareOptions) {
	resamples, seeds := draws{}, together{}
	var qs, overs []*question
	for i := range metrics {
		var of []*question
		for j := range all {
			if !w.asksAbout(&metrics[i]) || all[j].needless(&metrics[i]) {
				continue
			}
			q := &question{at: &all[j], metric: &metrics[i], n: all[j].numbers(&metrics[i])}
			if len(q.n.base) > 0 || len(q.n.head) > 0 || q.n.broken {
				of = append(of, q)
			}
		}
		pairing := pairs(of)
		for _, q := range of {
			q.measure(w, pairing, resamples)
		}
		qs = append(qs, of...)
		for _, q := range over(all, of, &metrics[i]) {
			q.measureOver(w, pairing, seeds)
			overs = append(overs, q)
		}
	}
	asked := slices.Concat(qs, overs)
	c.correct(asked, metrics)
	for _, q := range asked {
		q.decide(c)
	}
	c.fewer(qs, overs, w)
	for i := range all { // by place, then metric
		var of []*question
		for _, q := range qs {
			if q.at == &all[i] {
				q.change.unsound = all[i].sound(q.change.Cell, o)
				c.Changes = append(c.Changes, q.change)
				of = append(of, q)
			}
		}
		c.warnCommon(&all[i], of, w)
	}
	for _, name := range contestantsIn(overs) {
		var of []*question
		for _, q := range overs {
			if q.change.Contestant == name {
				q.change.unsound = q.mean.sound(w, o)
				c.Changes = append(c.Changes, q.change)
				of = append(of, q)
			}
		}
		c.warnOver(name, of)
	}
}

// contestantsIn are those that questions are about, in their order.
func contestantsIn(qs []*question) (names []string) {
	for _, q := range qs {
		if !slices.Contains(names, q.change.Contestant) {
			names = append(names, q.change.Contestant)
		}
	}
	return names
}

// pairs decides for one metric whether its trials are compared pair by pair: where the same seed leads to the same on both sides. The
// correlation is the mean over all places. Where it cannot be known since nothing varies, pairs it is, and so where many of them do not differ at
// all, by more than chance explains (Cohen's kappa, 1960): what the others have lost would make two heaps of them.
//
// Note: this looks at how values are spread around their means and not at the means, whose difference the test is about. A test
// simulates that the error stays what it is to be.
func pairs(qs []*question) bool {
	sum, n := 0.0, 0.0
	alike, chance, all := 0.0, 0.0, 0.0
	for _, q := range qs {
		if !enough(len(q.n.paired), len(q.n.base), len(q.n.head)) && !q.n.whole() || !q.n.ratios() {
			continue
		}
		base, head := q.n.logs()
		if r, ok := stats.Correlation(base, head); ok {
			sum += r * float64(len(base)-1)
			n += float64(len(base) - 1)
		}
		same, by := q.n.ties()
		alike, chance, all = alike+same, chance+by, all+float64(len(base))
	}
	return n == 0 || sum/n > worthPairing || alike-chance > worthPairing*(all-chance)
}

// ties are how many pairs do not differ, and how many would not if every value could have any partner.
func (n *numbers) ties() (same, chance float64) {
	times := map[float64]int{}
	for _, p := range n.paired {
		times[p[1]]++
	}
	for _, p := range n.paired {
		if p[0] == p[1] {
			same++
		}
		chance += float64(times[p[0]])
	}
	return same, chance / float64(max(1, len(n.paired)))
}

// logs are the logarithms of the pairs: what changes by a factor then changes by a difference.
func (n *numbers) logs() (base, head []float64) {
	for _, p := range n.paired {
		base, head = append(base, math.Log(p[0])), append(head, math.Log(p[1]))
	}
	return base, head
}

// measure computes everything that does not depend on the other questions.
func (q *question) measure(w Workload, pairing bool, draws draws) {
	if pairing && q.n.ratios() && !slices.Contains(lossMetrics, q.metric.Name) {
		q.cut = q.n.common()
	}
	cell := Cell{Workload: w, PartSize: q.at.partSize, Concurrency: q.at.concurrency}
	q.change = Change{
		Cell: cell.Name(), PartSize: q.at.partSize, Concurrency: q.at.concurrency, Contestant: q.at.contestant,
		Metric: q.metric.Name, Unit: q.metric.Unit, Better: q.metric.Better,
		Base: statOf(q.n.baseSamples), Head: statOf(q.n.headSample), P: 1, Adjusted: 1,
	}
	if len(q.n.base) == 0 || len(q.n.head) == 0 {
		return
	}
	paired := pairing && q.n.whole() && q.n.ratios() || q.n.equal()
	if paired {
		q.change.Pairs = len(q.n.paired)
	}
	q.change.Amount, q.change.Share = q.n.effects(paired, draws)
	switch {
	case paired && q.n.ratios():
		q.change.Means = &Means{Base: geomean(q.n.base), Head: geomean(q.n.head)}
	case q.n.byMean():
		q.change.Means = &Means{Base: stats.Mean(q.n.base), Head: stats.Mean(q.n.head)}
	}
	if min(len(q.n.base), len(q.n.head)) < fewest || q.n.lacking != "" || q.n.older != "" {
		return
	}
	if paired {
		base, head := q.n.logs()
		for i := range base {
			head[i] -= base[i]
		}
		q.asked = !q.n.equal()
		if q.asked {
			q.change.P = stats.PairedT(head)
		}
		return // least is 0
	}
	if !q.n.byMean() {
		q.meanAmount, q.meanShare = q.n.meanEffects()
	}
	q.change.P = stats.RankSum(q.n.base, q.n.head)
	q.least = stats.LeastRankSum(q.n.base, q.n.head)
	q.few = stats.LeastOfSizes(len(q.n.base), len(q.n.head))
	q.asked = true
}

// correct adjusts the p-values for the number of questions. Those that no data of this kind could have answered do not count (Tarone,
// 1990): a column that is zero everywhere costs nothing.
func (c *Comparison) correct(qs []*question, metrics []compared) {
	var family []*question
	others := 0
	for _, q := range qs {
		q.asked = q.asked && q.least < c.Alpha
		if q.asked {
			family = append(family, q)
			if q.metric.Name != metrics[0].Name {
				others++
			}
		}
	}
	p, weights, total := make([]float64, len(family)), make([]float64, len(family)), 0.0
	for i, q := range family {
		q.weight = 1
		if first := len(family) - others; q.metric.Name == metrics[0].Name && others > 0 {
			q.weight = firstShare * float64(others) / float64(first)
		}
		p[i], weights[i] = q.change.P, q.weight
		total += q.weight
	}
	for _, q := range qs {
		q.blind = q.least >= c.Alpha // and so in no family
	}
	for i, adjusted := range stats.Holm(p, weights) {
		q := family[i]
		q.change.Adjusted = adjusted
		q.few *= total / weights[i]
		q.blind = q.least*total/weights[i] >= c.Alpha
	}
}

// decide turns numbers into a verdict.
func (q *question) decide(c *Comparison) {
	k := &q.change
	k.unseen = q.unseen()
	base, head := q.sizes()
	switch {
	case q.mean != nil && q.mean.why != "":
		k.Verdict, k.Why = VerdictNone, q.mean.why
	case q.n.broken:
		k.unseen = false
		k.Verdict, k.Why = VerdictNone, "a trial has a value that is no number"
	case q.n.older != "":
		k.unseen = false
		k.Verdict, k.Why = VerdictNone, q.n.older
	case base == 0:
		k.Verdict, k.Why = VerdictNone, "the base has no value"
	case head == 0:
		k.Verdict, k.Why = VerdictNone, "the head has no value"
	case q.n.lacking != "":
		k.unseen = false
		k.Verdict, k.Why = VerdictNone, q.n.lacking
	case min(base, head) < fewest:
		k.Verdict, k.Why = VerdictNone, fmt.Sprintf("%d and %d trials: a side needs %d at least", base, head, fewest)
	case k.Base.Censored && k.Head.Censored:
		k.Verdict, k.Why = VerdictInconclusive, "not reached on either side"
	case q.within(c.Threshold):
		k.Verdict = VerdictSame
	case k.Adjusted < c.Alpha && q.beyond(c.Threshold):
		k.Verdict = VerdictChanged
		if k.Amount.direction()*int(k.Better) > 0 {
			k.Verdict = VerdictBetter
		} else if k.Better != Neither {
			k.Verdict = VerdictWorse
		}
	case q.few >= c.Alpha:
		k.unseen = false // this is worse: nothing could be seen, whatever the values
		k.Verdict, k.Why = VerdictNone, fmt.Sprintf("too few trials: %d and %d cannot show a change among so many numbers, however large; %s",
			base, head, q.needs(c.Alpha))
	case k.unseen && k.harmful() && q.over(c.Threshold):
		k.Verdict, k.Why = VerdictNone, k.whyUnseen()
	default:
		k.Verdict = VerdictInconclusive
	}
}

// sizes are how many values the base and the head have: of trials, or over all cells of seeds.
func (q *question) sizes() (base, head int) {
	if o := q.mean; o != nil && len(o.base) > 0 {
		return len(o.base[0]), len(o.head[0])
	}
	return len(q.n.base), len(q.n.head)
}

// unseen reports whether there is something that the test is blind to: few values differ from all others, so that it could not be significant if all
// of them were on one side, and yet chance does not explain it away. Either it never was on the base, or the interval leaves zero out.
//
// Note: without the second half, every rare thing that happens on both sides would take the verdict away, each time.
func (q *question) unseen() bool {
	if !q.blind || q.change.Amount == nil {
		return false
	}
	news := q.change.Means != nil && !slices.ContainsFunc(q.n.base, func(v float64) bool { return v != q.n.base[0] })
	return news || q.change.Amount.leavesZeroOut()
}

// whyUnseen says why there is no verdict about a change that is unseen.
func (k *Change) whyUnseen() string {
	return fmt.Sprintf("%s stands in so few trials that it could be chance: run more, or say with --fail-on how much may be", k.delta())
}

// harmful reports whether the change goes where the metric is worse, or anywhere if neither is.
func (k *Change) harmful() bool { return k.Amount.direction()*int(k.Better) <= 0 }

// needs says how many trials would do.
func (q *question) needs(alpha float64) string {
	factor := q.few / stats.LeastOfSizes(q.sizes())
	for n := fewest; n < 50; n++ {
		if stats.LeastOfSizes(n, n)*factor < alpha {
			return fmt.Sprintf("run %d a side, or compare less", n)
		}
	}
	return "compare less"
}

// within reports whether the change is shown to be below the threshold: its whole interval is, or is below what the way of
// measuring does by itself. Of two heaps it is that of the medians' change and that of the means'.
func (q *question) within(threshold float64) bool {
	k := &q.change
	inside := func(e *Effect, limit float64) bool { return float64(e.Low) >= -limit && float64(e.High) <= limit }
	both := func(e, mean *Effect, limit float64) bool {
		return e != nil && inside(e, limit) && (mean == nil || inside(mean, limit))
	}
	return both(k.Share, q.meanShare, threshold) || both(k.Amount, q.meanAmount, max(q.metric.grain, k.limit(threshold)))
}

// limit is the threshold in the metric's unit where the change has no share. From zero every change counts.
func (k *Change) limit(threshold float64) float64 {
	if k.Share != nil || k.Base.Censored {
		return 0
	}
	return threshold * k.level()
}

// level is what an amount is a share of, if it is to be one.
func (k *Change) level() float64 {
	if k.Means != nil {
		return math.Abs(k.Means.Base)
	}
	return math.Abs(k.Base.Median)
}

// beyond reports whether the change is above the threshold, and above what the way of measuring does, and its interval leaves zero out. Of pairs the
// mean of the differences may go the other way than that of the ratios, which the test is about: then neither is shown.
func (q *question) beyond(threshold float64) bool {
	k := &q.change
	if k.Share == nil {
		return q.over(threshold) && k.Amount.leavesZeroOut()
	}
	return q.over(threshold) && k.Share.leavesZeroOut() && k.Share.direction() == k.Amount.direction()
}

// over reports whether the change, taken as it is, is above the threshold, and above what the way of measuring does.
func (q *question) over(threshold float64) bool {
	k := &q.change
	return k.Amount.over(max(q.metric.grain, k.limit(threshold))) && (k.Share == nil || k.Share.over(threshold))
}

// count is how many changes have the verdict.
func (c *Comparison) count(v Verdict) int {
	n := 0
	for i := range c.Changes {
		if c.Changes[i].Verdict == v {
			n++
		}
	}
	return n
}

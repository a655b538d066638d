package report

import (
	"cmp"
	"math"
	"math/rand/v2"

	"github.com/ratebench/ratebench/internal/stats"
)

// compareResamples is how often the bootstrap resamples: the ends of the interval then are the 26th value from below and above.
const compareResamples = 1000

// draws are the resamples of a comparison, by the number of values. All samples of a size share them, and they are the same every
// time, so that a comparison repeats.
type draws map[[2]int]stats.Resamples

// of returns the draws for n values of a side. The sides do not share theirs: they are independent.
func (d draws) of(side, n int) stats.Resamples {
	key := [2]int{side, n}
	if d[key] == nil {
		d[key] = stats.NewResamples(rand.New(rand.NewPCG(uint64(side), uint64(n))), n, compareResamples)
	}
	return d[key]
}

// effects are the change in amount and, where that makes sense, as a share, with their intervals. Pair by pair the share is the geometric mean of
// the pairs' ratios and the amount the mean of their differences; otherwise it is the change of the median, or of the mean where some values are
// zero.
//
// Note: in pairs the median would not do. In virtual time the seeds that a change does not touch differ by nothing at all: where one seed of four
// loses half, the median's change is zero, and so are both ends of its interval, while the test, which is about the mean, is sure.
func (n *numbers) effects(paired bool, draws draws) (amount, share *Effect) {
	ratios := n.ratios()
	if paired {
		return n.pairEffects(ratios)
	}
	if n.byMean() {
		return difference(n.base, n.head), nil
	}
	base, head := stats.Median(n.base), stats.Median(n.head)
	bases, heads := draws.of(0, len(n.base)).Medians(n.base), draws.of(1, len(n.head)).Medians(n.head)
	d, s := make([]float64, len(bases)), make([]float64, len(bases))
	for i := range bases {
		d[i], s[i] = less(bases[i], heads[i]), heads[i]/bases[i]-1
	}
	amount = effect(less(base, head), d)
	if ratios {
		share = effect(head/base-1, s)
	}
	return amount, share
}

// pairEffects are effects of pairs. Those that do not differ may be of any values, and there is nothing to be resampled.
func (n *numbers) pairEffects(ratios bool) (amount, share *Effect) {
	if n.equal() {
		amount = &Effect{}
		if ratios {
			share = &Effect{}
		}
		return amount, share
	}
	var d, logs []float64
	for _, p := range n.paired {
		d, logs = append(d, p[1]-p[0]), append(logs, math.Log(p[1]/p[0]))
	}
	return effect(stats.Mean(d), meansOf(1, d)), meanRatio(logs)
}

// meansOf are the means of the resamples of a side's values. Two of the same length on the same side are drawn alike.
func meansOf(side uint64, v []float64) []float64 {
	return stats.Means(rand.New(rand.NewPCG(side, uint64(len(v)))), v, compareResamples)
}

// meanRatio is the change that is the geometric mean of ratios, of which these are the logarithms.
func meanRatio(logs []float64) *Effect {
	means := meansOf(1, logs)
	for i, m := range means {
		means[i] = change(math.Exp(m))
	}
	return effect(change(math.Exp(stats.Mean(logs))), means)
}

// meanEffects are the changes of the means of two heaps: of the arithmetic ones, and as a share of the geometric ones. A change is not called the same
// by its median alone, which does not see what goes wrong in four trials of ten. Where a value is without end so is the amount, or it is no number; then
// and where there are no ratios, share is nil.
func (n *numbers) meanEffects() (amount, share *Effect) {
	amount = difference(n.base, n.head)
	if n.ratios() {
		share = meanShare(logsOf(n.base), logsOf(n.head))
	}
	return amount, share
}

// difference is that of two heaps' means.
func difference(base, head []float64) *Effect {
	d := meansOf(1, head)
	for i, b := range meansOf(0, base) {
		d[i] -= b
	}
	return effect(stats.Mean(head)-stats.Mean(base), d)
}

// meanShare is the change of the geometric mean of two heaps, of whose values these are the logarithms.
func meanShare(base, head []float64) *Effect {
	e := difference(base, head)
	for _, x := range []*Number{&e.Value, &e.Low, &e.High} {
		*x = Number(change(math.Exp(float64(*x))))
	}
	return e
}

func logsOf(v []float64) []float64 {
	logs := make([]float64, len(v))
	for i, x := range v {
		logs[i] = math.Log(x)
	}
	return logs
}

// less is head less base. Two times that were not over do not differ, as far as anybody knows.
func less(base, head float64) float64 {
	if base == head {
		return 0
	}
	return head - base
}

func effect(value float64, resampled []float64) *Effect {
	low, high := stats.Percentiles(resampled, level)
	return &Effect{Number(value), Number(min(low, value)), Number(max(high, value))}
}

// over reports whether the change is more than a limit, in either direction.
func (e *Effect) over(limit float64) bool { return math.Abs(float64(e.Value)) > limit }

// leavesZeroOut reports whether the whole interval lies on one side of zero.
func (e *Effect) leavesZeroOut() bool { return e.Low > 0 || e.High < 0 }

// times is the effect in a unit, where it is a share of so much.
func (e *Effect) times(of float64) *Effect {
	return &Effect{Number(float64(e.Value) * of), Number(float64(e.Low) * of), Number(float64(e.High) * of)}
}

// direction is 1 if the head has more, -1 if it has less, and 0 if neither.
func (e *Effect) direction() int { return cmp.Compare(e.Value, 0) }

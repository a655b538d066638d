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

// effects are the change in amount and, where that makes sense, as a share, with their intervals. Pair by pair the change is the median of
// the pairs' changes; otherwise it is the change of the median, or of the mean where some values are zero: the median does not see
// what goes wrong in four trials of ten.
func (n *numbers) effects(paired bool, draws draws) (amount, share *Effect) {
	ratios := n.ratios()
	if paired {
		var d, s []float64
		for _, p := range n.paired {
			d, s = append(d, less(p[0], p[1])), append(s, p[1]/p[0]-1)
		}
		of := draws.of(1, len(d))
		amount = effect(stats.Median(d), of.Medians(d))
		if ratios {
			share = effect(stats.Median(s), of.Medians(s))
		}
		return amount, share
	}
	if n.byMean() {
		d := stats.Means(rand.New(rand.NewPCG(1, uint64(len(n.head)))), n.head, compareResamples)
		for i, base := range stats.Means(rand.New(rand.NewPCG(0, uint64(len(n.base)))), n.base, compareResamples) {
			d[i] -= base
		}
		return effect(stats.Mean(n.head)-stats.Mean(n.base), d), nil
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

package tune

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// resamples is how often the seeds are drawn again.
const resamples = 2000

// Interval is an estimate with its 95 % interval. The zero value is none.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// within reports whether the interval goes no further from zero than that, to either side.
func (i Interval) within(most float64) bool { return i.Low >= -most && i.High <= most }

// unknown is the end of an interval that there are too few seeds for. JSON has no infinity.
const unknown = math.MaxFloat64

// bootstrap draws len(seeds) seeds with replacement, again and again, and calls each with them.
func bootstrap(seeds []int, seed uint64, each func(drawn []int)) {
	r := rand.New(rand.NewPCG(seed, 0xda3e39cb94b95bdb))
	drawn := make([]int, len(seeds))
	for range resamples {
		for i := range drawn {
			drawn[i] = seeds[r.IntN(len(seeds))]
		}
		each(drawn)
	}
}

// advantage is by how much a's value is above b's, paired by seed: 0.05 is 5 % better. With fewer than three seeds that both have there is
// no interval: it is everything.
func (p Preference) advantage(a, b *Candidate, seeds []int, seed uint64) Interval {
	var diff []float64
	for _, s := range seeds {
		ra, oka := a.Results[s]
		rb, okb := b.Results[s]
		if oka && okb {
			diff = append(diff, p.Value(ra)-p.Value(rb))
		}
	}
	if len(diff) == 0 {
		return Interval{0, -1, unknown}
	}
	i := mean(diff, seed)
	if i.High == unknown {
		return Interval{math.Expm1(i.Value), -1, unknown}
	}
	return Interval{math.Expm1(i.Value), math.Expm1(i.Low), math.Expm1(i.High)}
}

// mean is the mean of a value for each seed; of fewer than three the interval is everything.
//
// The interval is the bootstrap's of the mean, at the percentiles, widened for small numbers as Student's t is over the normal
// distribution: the plain one of six values is too narrow by a quarter. A mean of −∞, the logarithm of nothing, is not widened.
func mean(values []float64, seed uint64) Interval {
	n := len(values)
	of := func(drawn []int) float64 {
		sum := 0.0
		for _, at := range drawn {
			sum += values[at]
		}
		return sum / float64(len(drawn))
	}
	every := between(0, n-1)
	v := of(every)
	if n < 3 {
		return Interval{v, -unknown, unknown}
	}
	means := make([]float64, 0, resamples)
	bootstrap(every, seed, func(drawn []int) { means = append(means, of(drawn)) })
	slices.Sort(means)
	low, high := means[resamples*25/1000], means[resamples*975/1000]
	if math.IsInf(v, 0) {
		return Interval{v, low, high}
	}
	normal := distuv.UnitNormal.Quantile(0.975)
	wider := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975) / normal * math.Sqrt(float64(n)/float64(n-1))
	return Interval{v, v - (v-low)*wider, v + (high-v)*wider}
}

// of applies an increasing function of numbers, such as the exponential of logarithms, to an interval. What is not known stays so.
func (i Interval) of(f func(float64) float64) Interval {
	if i.High == unknown {
		return Interval{f(i.Value), 0, unknown}
	}
	return Interval{f(i.Value), f(i.Low), f(i.High)}
}

// over is i ÷ o, less one, of two estimates that have nothing to do with each other. The interval is made of theirs, on the logarithms, by the method of
// variance estimates recovery (Zou and Donner, 2008). It is everything where one of them is, or touches zero.
func (i Interval) over(o Interval) Interval {
	v := i.Value/o.Value - 1
	if i.High == unknown || o.High == unknown || i.Low <= 0 || o.Low <= 0 {
		return Interval{v, -1, unknown}
	}
	below := math.Hypot(math.Log(i.Value/i.Low), math.Log(o.High/o.Value))
	above := math.Hypot(math.Log(i.High/i.Value), math.Log(o.Value/o.Low))
	return Interval{v, (1+v)*math.Exp(-below) - 1, (1+v)*math.Exp(above) - 1}
}

// wins is the share of resamples in which a candidate is the best of all, or as good as the best, and in which it is within worth of the
// best. What loses uploads, or gets nothing through with a seed, is out, unless all do.
func (p Preference) wins(c *Candidate, all []*Candidate, seeds []int, seed uint64) (best, close float64) {
	none := !slices.ContainsFunc(all, func(o *Candidate) bool { return !o.loses(seeds) })
	value := map[*Candidate]map[int]float64{}
	for _, o := range all {
		if o.loses(seeds) && !none {
			continue
		}
		value[o] = map[int]float64{}
		for _, s := range seeds {
			value[o][s] = p.Value(o.Results[s])
		}
	}
	if value[c] == nil {
		return 0, 0
	}
	bootstrap(seeds, seed, func(drawn []int) {
		behind := 0.0
		for _, o := range all {
			if value[o] == nil {
				continue
			}
			sum := 0.0
			for _, s := range drawn {
				sum += value[o][s] - value[c][s]
			}
			behind = max(behind, sum/float64(len(drawn)))
		}
		if behind < 1e-9 {
			best += 1.0 / resamples
		}
		if behind < worth {
			close += 1.0 / resamples
		}
	})
	return best, close
}

package report

import (
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/metrics"
)

// resamples is how many runs the bootstrap makes up.
const resamples = 1000

// meanOf returns the geometric mean of the cells' medians, and its interval: runs are made up by drawing each cell's repeats anew, with
// replacement, and the middle of what they come to is the interval (the percentile bootstrap of Efron, 1979). There is none if a
// cell has one repeat. Of few repeats it is too narrow, as all bootstraps are.
//
// The draws are the same every time, so that the views of a folder are.
func meanOf(cells [][]float64) (mean *float64, in *Interval) {
	medians := make([]float64, len(cells))
	for i, c := range cells {
		medians[i] = medianOf(c)
	}
	m := geomean(medians)
	if slices.ContainsFunc(cells, func(c []float64) bool { return len(c) < 2 }) {
		return &m, nil
	}
	rng := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, resamples)
	drawn := []float64{}
	for n := range means {
		for i, c := range cells {
			drawn = drawn[:0]
			for range c {
				drawn = append(drawn, c[rng.IntN(len(c))])
			}
			medians[i] = medianOf(drawn)
		}
		means[n] = geomean(medians)
	}
	slices.Sort(means)
	const tail = 100 * (1 - level) / 2
	return &m, &Interval{Low: metrics.Percentile(means, tail), High: metrics.Percentile(means, 100-tail), Confidence: level}
}

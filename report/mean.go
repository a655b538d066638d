package report

import (
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/stats"
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
		medians[i] = stats.Median(c)
	}
	m := geomean(medians)
	if slices.ContainsFunc(cells, func(c []float64) bool { return len(c) < 2 }) {
		return &m, nil
	}
	rng := rand.New(rand.NewPCG(1, 2))
	drawn := make([][]float64, len(cells)) // by cell, the median of every resample
	for i, c := range cells {
		drawn[i] = stats.NewResamples(rng, len(c), resamples).Medians(c)
	}
	means := make([]float64, resamples)
	for n := range means {
		for i := range cells {
			medians[i] = drawn[i][n]
		}
		means[n] = geomean(medians)
	}
	in = &Interval{Confidence: level}
	in.Low, in.High = stats.Percentiles(means, level)
	return &m, in
}

package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/stats"
)

// resamples is how many runs the bootstrap makes up.
const resamples = 1000

// meanOf returns the geometric mean of the cells' medians, and its interval; values are by trial. There is none if a cell has one trial.
//
// Trials of a seed are kept together over the cells: they met the same faults and were run one after the other, so what they come to is one observation,
// their geometric mean. Runs are made up by drawing seeds anew, with replacement, and the middle of what the cells' medians come to then is
// the interval (see stats.Together), but it is never narrower than that of order statistics of the seeds' means: the bootstrap of few values
// is too narrow. With fewer than six seeds, the interval is from the lowest of these means to the highest, and holds as a single cell's does.
//
// Note: cells that were drawn each by itself would make the interval of what hangs together far too narrow. A test simulates how often it holds.
//
// The draws are the same every time, so that the views of a folder are.
func meanOf(cells []map[seeded]sample) (mean *float64, in *Interval) {
	medians, lows, highs := make([]float64, len(cells)), make([]float64, len(cells)), make([]float64, len(cells))
	least := math.MaxInt
	for i, c := range cells {
		v := valuesOf(c)
		medians[i], lows[i], highs[i] = stats.Median(v), slices.Min(v), slices.Max(v)
		least = min(least, len(v))
	}
	m := geomean(medians)
	if least < 2 {
		return &m, nil
	}
	bySeed := inEvery(cells)
	if len(bySeed) == 0 || len(bySeed[0]) < 2 { // trials failed here and there: all that is known is how far apart the others are
		return &m, &Interval{Low: geomean(lows), High: geomean(highs)}
	}
	n := len(bySeed[0])
	of := make([]sample, n)
	for i, x := range seedMeans(bySeed) {
		of[i].value = math.Exp(x)
	}
	s := statOf(of)
	in = &Interval{Low: min(m, s.Low), High: max(m, s.High), Confidence: s.Confidence}
	if n >= fewRepeats {
		low, high := stats.Percentiles(together{}.of(0, n).means(bySeed), level)
		in.Low, in.High, in.Confidence = min(in.Low, low), max(in.High, high), level
	}
	return &m, in
}

func valuesOf(c map[seeded]sample) []float64 {
	var v []float64
	for _, s := range c {
		v = append(v, s.value)
	}
	return v
}

// inEvery are the values of the seeds that every cell has, by cell, then seed.
func inEvery(cells []map[seeded]sample) [][]float64 {
	var keys []seeded
	for k := range cells[0] {
		if !slices.ContainsFunc(cells, func(c map[seeded]sample) bool { _, ok := c[k]; return !ok }) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b seeded) int { return cmp.Or(cmp.Compare(a.repeat, b.repeat), cmp.Compare(a.seed, b.seed)) })
	values := make([][]float64, len(cells))
	for i, c := range cells {
		for _, k := range keys {
			values[i] = append(values[i], c[k].value)
		}
	}
	return values
}

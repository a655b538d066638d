package report

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/stats"
)

// tableShares are the points of a latency curve that stand as numbers on the page, and so have intervals.
var tableShares = []float64{0.5, 0.1, 0.05, 0.01, 0.001}

// latencyDraws is how many times trials are drawn for them: fewer than elsewhere, since each draw adds histograms up.
const latencyDraws = 200

// addIntervals fills in the intervals of the points of tableShares: trials are drawn anew, with replacement, and their histograms merged (the
// bootstrap of Efron, 1979, of clusters). Calls within a trial are not independent, so they are not what is drawn. There is none of one trial; of
// few it is too narrow.
//
// It returns the longest time of each trial, summed up: of a maximum there is no interval of that kind.
func addIntervals(points []Longer, r *Run, trials []*record.Trial, get func(*record.Detail) string) (longest Stat) {
	type bar struct {
		at    int // in values
		count int64
	}
	var values []int64
	var all [][]bar
	var most []sample
	for _, t := range trials {
		d := r.Details[t.Trial]
		if d == nil || get(d) == "" {
			continue
		}
		var bars []bar
		h := Histogram(get(d)).Unpack()
		if h.TotalCount() > 0 {
			most = append(most, sample{value: float64(h.Max()) / 1e6})
		}
		for _, b := range h.Distribution() {
			if b.Count > 0 {
				values = append(values, b.To)
				bars = append(bars, bar{int(b.To), b.Count})
			}
		}
		all = append(all, bars)
	}
	longest = statOf(most)
	if len(all) < 2 || len(points) == 0 {
		return longest
	}
	slices.Sort(values)
	values = slices.Compact(values)
	for _, bars := range all {
		for i := range bars {
			bars[i].at, _ = slices.BinarySearch(values, int64(bars[i].at))
		}
	}
	rng := rand.New(rand.NewPCG(1, 2)) // the same draws every time
	drawn := make([][]float64, len(tableShares))
	counts := make([]int64, len(values))
	for range latencyDraws {
		clear(counts)
		total := int64(0)
		for range all {
			for _, b := range all[rng.IntN(len(all))] {
				counts[b.at] += b.count
				total += b.count
			}
		}
		for i, share := range tableShares {
			left, at := int64(math.Ceil((1-share)*float64(total)-1e-6)), 0
			for left -= counts[0]; left > 0 && at+1 < len(counts); left -= counts[at] {
				at++
			}
			drawn[i] = append(drawn[i], float64(values[at])/1e6)
		}
	}
	for i := range points {
		for j, share := range tableShares {
			if math.Abs(points[i].Share-share) < 1e-9 {
				low, high := stats.Percentiles(drawn[j], level)
				points[i].LowS, points[i].HighS = &low, &high
			}
		}
	}
	return longest
}

// stat is a point as a number with its interval.
func (x Longer) stat() Stat {
	if x.LowS == nil {
		return Stat{Median: x.S, Low: x.S, High: x.S, N: 1}
	}
	return Stat{Median: x.S, Low: *x.LowS, High: *x.HighS, Confidence: level, N: 2}
}

// secondsInterval prints a time with its interval in a unit that suits it.
func secondsInterval(s Stat) string {
	switch {
	case s.N == 0:
		return none
	case s.Median < 0.9995e-3:
		return interval(scaled(s, 1e6)) + " µs"
	case s.Median < 0.9995:
		return interval(scaled(s, 1e3)) + " ms"
	}
	return interval(s) + " s"
}

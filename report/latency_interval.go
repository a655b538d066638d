package report

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/stats"
)

// tableShares are the points of a latency curve that stand as numbers on the page, and so have intervals.
var tableShares = []float64{0.5, 0.1, 0.05, 0.01, 0.001}

// latencyDraws is how many times trials are drawn for them: fewer than elsewhere, since each draw adds histograms up.
const latencyDraws = 200

// addIntervals fills in the intervals of the points of tableShares: trials are drawn anew, with replacement, and their histograms merged (the
// bootstrap of Efron, 1979, of clusters). Calls within a trial are not independent, so they are not what is drawn. There is none of one trial; of
// few it is too narrow.
func addIntervals(points []Longer, all [][]lasted) {
	if len(all) < 2 || len(points) == 0 {
		return
	}
	drawn := drawnTimes(all)
	for i := range points {
		for j, share := range tableShares {
			if math.Abs(points[i].Share-share) < 1e-9 {
				points[i].within(drawn[j])
			}
		}
	}
}

// drawnTimes are the times at each of tableShares, of each draw.
func drawnTimes(all [][]lasted) (drawn [][]sample) {
	values := lengthsIn(all)
	at := make([][]int, len(all)) // of each bar, in values
	limits := make([]int, len(all))
	for i, bars := range all {
		limits[i] = len(values) // the place of its least limit, if it has one
		for _, b := range bars {
			place, _ := slices.BinarySearchFunc(values, b.length, length.before)
			at[i] = append(at[i], place)
			if b.limit {
				limits[i] = min(limits[i], place)
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2)) // the same draws every time
	drawn = make([][]sample, len(tableShares))
	counts := make([]int64, len(values))
	for range latencyDraws {
		clear(counts)
		total, limit := int64(0), len(values)
		for range all {
			k := rng.IntN(len(all))
			for i, b := range all[k] {
				counts[at[k][i]] += b.count
				total += b.count
			}
			limit = min(limit, limits[k])
		}
		for i, share := range tableShares {
			left, place := rankOf(share, total), 0
			for left -= counts[0]; left > 0 && place+1 < len(counts); left -= counts[place] {
				place++
			}
			drawn[i] = append(drawn[i], sample{value: float64(values[place].us) / 1e6, censored: place >= limit})
		}
	}
	return drawn
}

// within fills in the interval of what was drawn. What is a lower limit may be any longer time: where it makes a difference which, the interval is the wider one.
func (x *Longer) within(drawn []sample) {
	least, most := make([]float64, len(drawn)), make([]float64, len(drawn))
	for i, s := range drawn {
		least[i], most[i] = s.value, s.value
		if s.censored {
			most[i] = math.Inf(1)
		}
	}
	low, high := stats.Percentiles(least, level)
	lowest, highest := stats.Percentiles(most, level)
	x.LowCensored, x.HighCensored = math.IsInf(lowest, 1), math.IsInf(highest, 1)
	if !x.HighCensored {
		high = highest
	}
	x.LowS, x.HighS = &low, &high
}

// stat is a point as a number with its interval.
func (x Longer) stat() Stat {
	if x.LowS == nil {
		return Stat{Median: x.S, Low: x.S, High: x.S, N: 1, Censored: x.Censored, LowCensored: x.Censored, HighCensored: x.Censored}
	}
	return Stat{Median: x.S, Low: *x.LowS, High: *x.HighS, Confidence: level, N: 2, Censored: x.Censored, LowCensored: x.LowCensored, HighCensored: x.HighCensored}
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

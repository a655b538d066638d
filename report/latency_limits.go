package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/record"
)

// length is a time in microseconds, as histograms tell times apart. limit: it was not over when the trial was.
type length struct {
	us    int64
	limit bool
}

// before orders lengths. A limit comes after what is known to be as long: it is longer.
func (l length) before(o length) int {
	if c := cmp.Compare(l.us, o.us); c != 0 || l.limit == o.limit {
		return c
	}
	if o.limit {
		return -1
	}
	return 1
}

// lasted is how many calls of a trial took a length.
type lasted struct {
	length
	count int64
}

// barsOf are the times of a trial in order, of which so many of the longest are lower limits.
func barsOf(h *hdrhistogram.Histogram, limits int64) (bars []lasted) {
	known := h.TotalCount() - limits
	for _, b := range h.Distribution() {
		sure := min(b.Count, max(0, known))
		known -= sure
		for _, x := range []lasted{{length{b.To, false}, sure}, {length{b.To, true}, b.Count - sure}} {
			if x.count > 0 {
				bars = append(bars, x)
			}
		}
	}
	return bars
}

// allBars are the times of all trials that have some, as get finds them.
func allBars(r *Run, trials []*record.Trial, get func(*record.Detail) (string, int64)) (all [][]lasted) {
	for _, t := range trials {
		d := r.Details[t.Trial]
		if d == nil {
			continue
		}
		encoded, limits := get(d)
		if h := Histogram(encoded).Unpack(); h != nil && h.TotalCount() > 0 {
			all = append(all, barsOf(h, limits))
		}
	}
	return all
}

// knownOf is how many calls there are in all, and of how many of the shortest the time is known: of those before the least limit, since a call that was
// cut off may have been longer than any other.
func knownOf(all [][]lasted) (known, n int64) {
	least := length{us: math.MaxInt64}
	for _, bars := range all {
		for _, b := range bars {
			if n += b.count; b.limit && b.before(least) < 0 {
				least = b.length
			}
		}
	}
	for _, bars := range all {
		for _, b := range bars {
			if b.before(least) < 0 {
				known += b.count
			}
		}
	}
	return known, n
}

// markLimits marks the points of a curve at which a time is known to be a limit only, and returns of how many calls it is.
func markLimits(points []Longer, all [][]lasted) (limits int64) {
	known, n := knownOf(all)
	for i := range points {
		points[i].Censored = rankOf(points[i].Share, n) > known
	}
	return n - known
}

// knownPoints is how many points of a curve there are before those that are limits.
func knownPoints(points []Longer) int {
	if n := slices.IndexFunc(points, func(x Longer) bool { return x.Censored }); n >= 0 {
		return n
	}
	return len(points)
}

// rankOf is the place, from 1 on, of the time that a share of n calls took longer than.
func rankOf(share float64, n int64) int64 {
	return max(1, int64(math.Ceil((1-share)*float64(n)-1e-6)))
}

// longestOf sums up the longest time of each trial.
func longestOf(all [][]lasted) Stat {
	var most []sample
	for _, bars := range all {
		last := bars[len(bars)-1]
		most = append(most, sample{value: float64(last.us) / 1e6, censored: last.limit})
	}
	return statOf(most)
}

// lengthsIn are all lengths that occur, in order.
func lengthsIn(all [][]lasted) (ls []length) {
	for _, bars := range all {
		for _, b := range bars {
			ls = append(ls, b.length)
		}
	}
	slices.SortFunc(ls, length.before)
	return slices.Compact(ls)
}

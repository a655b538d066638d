package metrics

import (
	"cmp"
	"math"
	"slices"
)

// span is how long n calls took, in seconds. cut: they took so long at least, and the trial's end cut them off.
type span struct {
	s   float64
	n   int64
	cut bool
}

// lengths are how long calls took, in order; the zero value is of none.
type lengths struct {
	all   []span
	n     int64 // calls
	known int64 // of the first so many; of the others a lower limit is
}

// lengthsOf estimates how long calls took, if some of them were cut off.
//
// Each call that was cut off counts among those that may still end for as long as it was watched, and then its weight goes to those that
// took longer: the estimate of Kaplan and Meier (1958), as Efron puts it (1967). So a few that were under way at the end as others have been
// all the time change next to nothing. Where those that were cut off are the longest, nothing is known of as many as their weight: they
// get what is sure, which is what they had waited, or the time of the longest that ended if that is more.
//
// With none that was cut off the result is what came in, in order.
func lengthsOf(spans []span) (l lengths) {
	slices.SortFunc(spans, func(a, b span) int {
		if c := cmp.Compare(a.s, b.s); c != 0 || a.cut == b.cut {
			return c
		}
		if a.cut { // it was still there when the other ended
			return 1
		}
		return -1
	})
	for _, x := range spans {
		l.n += x.n
	}
	open, weight, given := l.n, float64(l.n), 0.0 // calls not looked at yet, the weight that they share, and what had its turn
	longest := 0.0
	for _, x := range spans {
		if !x.cut {
			share := weight / float64(open) * float64(x.n)
			weight, given = weight-share, given+share
			l.add(x.s, int64(given+1e-6)-l.known)
			l.known, longest = max(l.known, int64(given+1e-6)), x.s
		}
		open -= x.n
	}
	before := int64(0) // what is sure: every call as long as it was watched
	for _, x := range spans {
		before += x.n
		if left := min(x.n, before-l.known); left > 0 {
			l.all = append(l.all, span{max(x.s, longest), left, true})
		}
	}
	return l
}

func (l *lengths) add(s float64, n int64) {
	if n > 0 {
		l.all = append(l.all, span{s: s, n: n})
	}
}

// percentile is the nearest-rank percentile, as Percentile has it; censored: it is a lower limit. No calls: zero.
func (l *lengths) percentile(p float64) (s float64, censored bool) {
	rank := min(max(int64(math.Ceil(p/100*float64(l.n))), 1), l.n)
	for _, x := range l.all {
		if rank -= x.n; rank <= 0 {
			return x.s, x.cut
		}
	}
	return 0, false
}

// encode is a histogram of the lengths, as details.jsonl has it.
func (l *lengths) encode() string {
	var h histogram
	for _, x := range l.all {
		h.addN(x.s, x.n)
	}
	return h.encode()
}

// limits is how many of the longest are lower limits.
func (l *lengths) limits() int64 { return l.n - l.known }

// spans are the times that a histogram holds.
func (h *histogram) spans(cut bool) (all []span) {
	if h.h == nil {
		return nil
	}
	for _, b := range h.h.Distribution() {
		if b.Count > 0 {
			all = append(all, span{float64(b.To) / 1e6, b.Count, cut})
		}
	}
	return all
}

// cutLengths are the lengths of calls of which the times that ended, and those that were cut off, are in histograms.
func cutLengths(ended, cut *histogram) lengths {
	return lengthsOf(append(ended.spans(false), cut.spans(true)...))
}

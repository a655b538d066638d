package stats

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Together are ways to draw n of n things with replacement, where each thing has several numbers that belong together: a repeat has one in
// every cell. What is drawn of one number is drawn of the others too, so that a repeat in which everything was slow stays one (the
// cluster bootstrap: Davison and Hinkley, "Bootstrap Methods and their Application", section 3.8).
type Together struct {
	n      int
	counts []uint32 // by resample, then thing: how often it was drawn
}

// NewTogether draws as often as times says. The same source gives the same draws.
func NewTogether(r *rand.Rand, n, times int) Together {
	t := Together{n, make([]uint32, n*times)}
	for at := 0; at < len(t.counts); at += n {
		for range n {
			t.counts[at+r.IntN(n)]++
		}
	}
	return t
}

// Medians returns the median of every resample, where v[i] is the number of thing i. There are as many numbers as things.
func (t Together) Medians(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	medians := make([]float64, 0, len(t.counts)/max(1, t.n))
	for at := 0; at < len(t.counts); at += t.n {
		counts := t.counts[at : at+t.n]
		low, high, seen := -1, -1, 0
		for _, i := range order {
			seen += int(counts[i])
			if low < 0 && seen > (t.n-1)/2 {
				low = i
			}
			if seen > t.n/2 {
				high = i
				break
			}
		}
		medians = append(medians, between(v[low], v[high]))
	}
	return medians
}

package metrics

import "math"

// Percentile returns the nearest-rank percentile of values that are sorted in increasing order: the smallest of them that
// at least p percent do not exceed. It is one of the values, never between two. p is from 0 to 100; no values: zero.
func Percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

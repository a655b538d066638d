package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Median is the middle value, or the mean of the two in the middle. Values may be infinite. It is NaN where there is none.
func Median(v []float64) float64 { return sortedMedian(slices.Sorted(slices.Values(v))) }

func sortedMedian(v []float64) float64 {
	n := len(v)
	if n == 0 {
		return math.NaN()
	}
	return between(v[(n-1)/2], v[n/2])
}

// between is the middle of two values; that of the same infinity is that infinity, which a sum would give too, and that of
// opposite ones is NaN.
func between(a, b float64) float64 {
	if a == b {
		return a
	}
	return (a + b) / 2
}

// Medians resamples v, as often as times says, and returns the median of each resample: the bootstrap distribution of the median (Efron,
// "Bootstrap Methods: Another Look at the Jackknife", 1979). Two calls with the same source go on with its numbers.
func Medians(r *rand.Rand, v []float64, times int) []float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	medians := make([]float64, times)
	counts := make([]int, n)
	for i := range medians {
		clear(counts)
		for range n {
			counts[r.IntN(n)]++
		}
		// The resample in order is v with every value as often as it was drawn.
		low, high := math.NaN(), math.NaN()
		for j, seen := 0, 0; j < n; j++ {
			seen += counts[j]
			if math.IsNaN(low) && seen > (n-1)/2 {
				low = v[j]
			}
			if seen > n/2 {
				high = v[j]
				break
			}
		}
		medians[i] = between(low, high)
	}
	return medians
}

// Percentiles are the limits between which the share confidence of a bootstrap distribution lies, as much of the rest below as above.
//
// Note: the corrected limits (BCa) rest on the jackknife, which fails for medians (Efron and Tibshirani, "An Introduction to the
// Bootstrap", section 10.6).
func Percentiles(v []float64, confidence float64) (low, high float64) {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	cut := min(int(float64(n)*(1-confidence)/2), (n-1)/2)
	return v[cut], v[n-1-cut]
}

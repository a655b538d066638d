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

// Resamples are ways to draw n of n values with replacement, of which only the place of the median is kept: which two of the values
// in order it lies between. So the same draws serve any sample of the size.
type Resamples [][2]int

// NewResamples draws as often as times says. The same source gives the same draws.
func NewResamples(r *rand.Rand, n, times int) Resamples {
	draws := make(Resamples, times)
	counts := make([]int, n)
	for i := range draws {
		clear(counts)
		for range n {
			counts[r.IntN(n)]++
		}
		// The resample in order has every value as often as it was drawn.
		d := [2]int{-1, -1}
		for j, seen := 0, 0; d[1] < 0; j++ {
			seen += counts[j]
			if d[0] < 0 && seen > (n-1)/2 {
				d[0] = j
			}
			if seen > n/2 {
				d[1] = j
			}
		}
		draws[i] = d
	}
	return draws
}

// Medians returns the median of every resample of v: the bootstrap distribution of the median (Efron, "Bootstrap Methods: Another Look
// at the Jackknife", 1979). v has as many values as the resamples were made for, and they may be infinite.
func (draws Resamples) Medians(v []float64) []float64 {
	v = slices.Sorted(slices.Values(v))
	medians := make([]float64, len(draws))
	for i, d := range draws {
		medians[i] = between(v[d[0]], v[d[1]])
	}
	return medians
}

// Means resamples v, as often as times says, and returns the mean of each resample. The same source gives the same draws.
func Means(r *rand.Rand, v []float64, times int) []float64 {
	means := make([]float64, times)
	for i := range means {
		sum := 0.0
		for range v {
			sum += v[r.IntN(len(v))]
		}
		means[i] = sum / float64(len(v))
	}
	return means
}

// Mean is the arithmetic mean. It is NaN where there is none.
func Mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// Percentiles are the limits between which the share confidence of a bootstrap distribution lies, as much of the rest below as above.
//
// Note: the corrected limits (BCa) rest on the jackknife, which fails for medians (Efron and Tibshirani, "An Introduction to the
// Bootstrap", section 10.6).
func Percentiles(v []float64, confidence float64) (low, high float64) {
	n := len(v)
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	cut := min(int(float64(n)*(1-confidence)/2), (n-1)/2)
	return nth(v, cut, 1), -nth(v, cut, -1)
}

// nth returns the value that has k others before it, of all values times sign. It keeps the k+1 least in order, which for a small k is much
// faster than to sort them all.
func nth(v []float64, k int, sign float64) float64 {
	least := make([]float64, 0, k+2)
	for _, x := range v {
		x *= sign
		if len(least) > k && x >= least[k] {
			continue
		}
		at, _ := slices.BinarySearch(least, x)
		least = slices.Insert(least, at, x)
		if len(least) > k+1 {
			least = least[:k+1]
		}
	}
	return least[k]
}

package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// PairedT is the p-value, of two sides, of Student's t test: how likely differences as far from zero as these would be if their mean
// were zero and they were spread normally. Where all are the same there is no chance in them: it is 1 if they are zero and 0 if not. It
// is 1 for fewer than two.
func PairedT(differences []float64) float64 {
	if len(differences) < 2 {
		return 1
	}
	n := float64(len(differences))
	mean, deviation := stat.MeanStdDev(differences, nil)
	if deviation <= math.Abs(mean)*1e-9 { // what rounding leaves is no spread
		if mean == 0 {
			return 1
		}
		return 0
	}
	t := math.Abs(mean) / (deviation / math.Sqrt(n))
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Survival(t)
}

// Correlation is Pearson's, from -1 to 1. It is not ok where one of the two does not vary, or there are fewer than three pairs.
func Correlation(a, b []float64) (r float64, ok bool) {
	if len(a) != len(b) || len(a) < 3 {
		return 0, false
	}
	r = stat.Correlation(a, b, nil)
	return r, !math.IsNaN(r) && !math.IsInf(r, 0)
}

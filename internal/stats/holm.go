package stats

import (
	"cmp"
	"slices"
)

// Holm corrects p-values for their number, by the method of Holm ("A Simple Sequentially Rejective Multiple Test Procedure", 1979) in
// its weighted form: if those below a level are taken for true, at least one of them is wrong with a chance of the level at most,
// however they depend on each other. A question with a greater weight gets more of that chance. Equal weights are the plain form.
// Weights are positive; the result has the order of p and is never above 1.
func Holm(p, weights []float64) []float64 {
	order := make([]int, len(p))
	left := 0.0 // weight of the questions that are not decided yet
	for i := range p {
		order[i] = i
		left += weights[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a]/weights[a], p[b]/weights[b]) })
	adjusted := make([]float64, len(p))
	least := 0.0
	for _, i := range order {
		least = max(least, min(1, p[i]*left/weights[i]))
		adjusted[i] = least
		left -= weights[i]
	}
	return adjusted
}

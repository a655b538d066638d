package stats

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// RankSum is the p-value, of two sides, of the Mann-Whitney U test: how likely samples as far apart as these would be if both came
// from the same distribution, whatever that is. It is exact for up to 50 values a side, or 25 if some are the same. Values may be
// infinite. It is 1 where all values are the same, a sample is empty, or a value is no number, which has no rank.
func RankSum(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, math.IsNaN) || slices.ContainsFunc(b, math.IsNaN) {
		return 1
	}
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	ties := len(slices.Compact(slices.Clone(all))) < len(all)
	if ties && len(a) <= exactTies && len(b) <= exactTies {
		return tiedRankSum(a, all)
	}
	sample := func(v []float64) *benchmath.Sample {
		return benchmath.NewSample(slices.Clone(v), &benchmath.DefaultThresholds)
	}
	return min(1, benchmath.AssumeNothing.Compare(sample(a), sample(b)).P)
}

// exactTies is the most values of a sample for which ties are counted out. Beyond that the normal approximation is close.
const exactTies = 25

// tiedRankSum counts the ways to draw len(a) of all values by the sum of their ranks, where values that are the same share their mean
// rank. The p-value is twice the share of the ways that are as far out as a, on the side where a is.
//
// Note: benchmath takes the distribution of U for symmetric, which it is not with ties: one value of 2 against 1, 0 and 0
// has a p-value of 0 there. Counts of early attempts are mostly zeros.
func tiedRankSum(a, all []float64) float64 {
	n := len(a)
	// Ranks are doubled, so that those between two ranks are whole numbers too.
	most := 2 * n * len(all)
	ways := make([][]float64, n+1) // of so many values, by sum
	for i := range ways {
		ways[i] = make([]float64, most+1)
	}
	ways[0][0] = 1
	sum := 0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		rank := i + j + 1 // twice the mean of i+1 to j
		for _, v := range a {
			if v == all[i] {
				sum += rank
			}
		}
		for range j - i {
			for k := n; k > 0; k-- {
				for s := most; s >= rank; s-- {
					ways[k][s] += ways[k-1][s-rank]
				}
			}
		}
		i = j
	}
	below, above, total := 0.0, 0.0, 0.0
	for s, w := range ways[n] {
		total += w
		if s <= sum {
			below += w
		}
		if s >= sum {
			above += w
		}
	}
	return min(1, 2*math.Min(below, above)/total)
}

// LeastRankSum is the smallest p-value that RankSum could have given for the same values, shared out between the two samples in another
// way. Where it is not below a level, the test cannot reach that level, and says nothing (Tarone, "A modified Bonferroni method for
// discrete data", 1990).
func LeastRankSum(a, b []float64) float64 {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	return min(RankSum(all[:len(a)], all[len(a):]), RankSum(all[len(b):], all[:len(b)]))
}

// LeastOfSizes is the smallest p-value that RankSum can give for samples of n and m different values.
func LeastOfSizes(n, m int) float64 {
	p := 2.0
	for i := range n { // 2 / (n+m choose n)
		p *= float64(i+1) / float64(m+i+1)
	}
	return min(1, p)
}

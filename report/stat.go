package report

import (
	"cmp"
	"math"
	"slices"
)

// Stat is a number over the repeats of a cell. The zero value means that there is none.
type Stat struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	N      int     `json:"n"` // repeats that have the number
	// Censored: the median is a lower limit. The time was not over when the trial was.
	Censored bool `json:"censored,omitempty"`
	// MaxCensored: the highest is a lower limit.
	MaxCensored bool `json:"max_censored,omitempty"`
}

// sample is one repeat's number.
type sample struct {
	value    float64
	censored bool // at least value
}

// statOf sums samples up. Censored ones count as longer than all that were seen to end: nobody knows by how much. The
// median is censored if one of those that it lies between is; it is then the least that it can be.
func statOf(s []sample) Stat {
	if len(s) == 0 {
		return Stat{}
	}
	s = slices.SortedFunc(slices.Values(s), func(a, b sample) int {
		if a.censored != b.censored {
			if a.censored {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.value, b.value)
	})
	n := len(s)
	lo, hi := s[(n-1)/2], s[n/2]
	st := Stat{Median: (lo.value + hi.value) / 2, Censored: hi.censored, N: n, Min: math.Inf(1), Max: math.Inf(-1), MaxCensored: s[n-1].censored}
	for _, x := range s {
		st.Min, st.Max = min(st.Min, x.value), max(st.Max, x.value)
	}
	return st
}

// geomean is the geometric mean; it is 0 if one of the values is.
func geomean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(v)))
}

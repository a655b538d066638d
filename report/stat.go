package report

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Stat is a number over the repeats of a cell. The zero value means that there is none.
type Stat struct {
	Median float64 `json:"median"`
	// Low to High is an interval of the median that holds with Confidence, from order statistics: it assumes nothing of how the
	// repeats are spread. With six repeats or more it holds with 95 % at least; with fewer it is all that was seen, from the lowest
	// to the highest, and holds with less. One repeat: Low and High are it, and Confidence is 0.
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Confidence float64 `json:"confidence"`
	Min        float64 `json:"min"`
	Max        float64 `json:"max"`
	N          int     `json:"n"` // repeats that have the number
	// Censored: the median is a lower limit. The time was not over when the trial was.
	Censored bool `json:"censored,omitempty"`
	// LowCensored, HighCensored and MaxCensored: Low, High or Max is a lower limit.
	LowCensored  bool `json:"low_censored,omitempty"`
	HighCensored bool `json:"high_censored,omitempty"`
	MaxCensored  bool `json:"max_censored,omitempty"`
}

// sample is one repeat's number.
type sample struct {
	value    float64
	censored bool // at least value
}

// statOf sums samples up. Censored ones count as longer than all that were seen to end: nobody knows by how much. The
// median is censored if one of those that it lies between is; it is then the least that it can be.
func statOf(s []sample) Stat { return statAt(s, level) }

// statAt is statOf with an interval that is to hold with a confidence. Where there are too few repeats for that, it holds with less.
func statAt(s []sample, confidence float64) Stat {
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
	low, high, confidence := medianRanks(n, confidence)
	st.Low, st.High, st.LowCensored, st.HighCensored = s[low].value, s[high].value, s[low].censored, s[high].censored
	for _, x := range s[:high] { // one that was watched for a short time is longer than these all the same
		st.High = max(st.High, x.value)
	}
	st.Confidence = confidence
	return st
}

// level is what the interval of a median has to hold with, where there are repeats enough.
const level = 0.95

// medianRanks returns which of n values in order bound the median with a confidence, and with which they do. Where there are too few for that,
// these are the first and the last.
func medianRanks(n int, wanted float64) (low, high int, confidence float64) {
	ranks := make([]float64, n)
	for i := range ranks {
		ranks[i] = float64(i)
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(ranks, &benchmath.DefaultThresholds), wanted)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) || n < 2 {
		return 0, n - 1, 1 - math.Pow(0.5, float64(n-1))
	}
	return int(s.Lo), int(s.Hi), s.Confidence
}

// geomean is the geometric mean; it is 0 if one of the values is.
func geomean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(v)))
}

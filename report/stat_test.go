package report

import (
	"math"
	"testing"
)

func TestStatOf(t *testing.T) {
	seen := func(v float64) sample { return sample{value: v} }
	more := func(v float64) sample { return sample{value: v, censored: true} }
	for _, c := range []struct {
		name string
		in   []sample
		want Stat
	}{
		{"none", nil, Stat{}},
		{"one", []sample{seen(3)}, Stat{Median: 3, Low: 3, High: 3, Min: 3, Max: 3, N: 1}},
		{"odd", []sample{seen(9), seen(1), seen(2)}, Stat{Median: 2, Low: 1, High: 9, Confidence: 0.75, Min: 1, Max: 9, N: 3}},
		{"even", []sample{seen(4), seen(1), seen(2), seen(3)}, Stat{Median: 2.5, Low: 1, High: 4, Confidence: 0.875, Min: 1, Max: 4, N: 4}},
		{"the longest is not known", []sample{more(5), seen(1), seen(2)},
			Stat{Median: 2, Low: 1, High: 5, Confidence: 0.75, Min: 1, Max: 5, N: 3, HighCensored: true, MaxCensored: true}},
		{"a censored one counts as longer than what ended later", []sample{more(1), seen(2), seen(3)},
			Stat{Median: 3, Low: 2, High: 3, Confidence: 0.75, Min: 1, Max: 3, N: 3, HighCensored: true, MaxCensored: true}},
		{"the median is not known", []sample{more(5), seen(1)},
			Stat{Median: 3, Low: 1, High: 5, Confidence: 0.5, Min: 1, Max: 5, N: 2, Censored: true, HighCensored: true, MaxCensored: true}},
		{"nothing is known", []sample{more(4), more(5), more(6)},
			Stat{Median: 5, Low: 4, High: 6, Confidence: 0.75, Min: 4, Max: 6, N: 3, Censored: true, LowCensored: true, HighCensored: true, MaxCensored: true}},
		{"six are enough for 95 %", []sample{seen(1), seen(2), seen(3), seen(4), seen(5), seen(6)},
			Stat{Median: 3.5, Low: 1, High: 6, Confidence: 0.96875, Min: 1, Max: 6, N: 6}},
		// The second and the second to last of ten: 1 - 2 * (1 + 10) / 2^10.
		{"ten leave out the ends", []sample{seen(1), seen(2), seen(3), seen(4), seen(5), seen(6), seen(7), seen(8), seen(9), seen(90)},
			Stat{Median: 5.5, Low: 2, High: 9, Confidence: 0.978515625, Min: 1, Max: 90, N: 10}},
	} {
		if got := statOf(c.in); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestGeomean(t *testing.T) {
	if got := geomean([]float64{1, 4, 16}); math.Abs(got-4) > 1e-12 {
		t.Errorf("geomean(1, 4, 16) = %v", got)
	}
	if got := geomean([]float64{5, 0}); got != 0 {
		t.Errorf("geomean with a zero = %v", got)
	}
}

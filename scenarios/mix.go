package scenarios

import (
	"math"
	"net/http"

	"github.com/ratebench/ratebench/internal/units"
)

// Pick says what the call with this number is, from 1: a pure function of the trial's seed and the number, so that every
// contestant makes the same calls, whatever else is under way.
//
// The chance comes from the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
// OOPSLA 2014), over seed and number.
func (w *Workload) Pick(seed uint64, ordinal int) Call {
	if len(w.Mix) == 0 {
		return Call{Method: http.MethodPut, Size: w.ObjectSize, Weight: 1}
	}
	total := 0.0
	for i := range w.Mix {
		total += w.Mix[i].Weight
	}
	at := float64(scramble(scramble(seed)+uint64(ordinal))>>11) / (1 << 53) * total
	for i := range w.Mix {
		if at -= w.Mix[i].Weight; at < 0 {
			return w.Mix[i]
		}
	}
	return w.Mix[len(w.Mix)-1] // by rounding
}

func scramble(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Calls lists the kinds of calls that the workload has.
func (w *Workload) Calls() []Call {
	if len(w.Mix) == 0 {
		return []Call{w.Pick(0, 1)}
	}
	return w.Mix
}

// Download reports whether the call's bytes come with the answer.
func (c Call) Download() bool { return c.Method == http.MethodGet }

// meanSize is the mean over the mix, in whole bytes; at least 1, since the grid has no cell of nothing.
func (w *Workload) meanSize() units.Size {
	bytes, weights := 0.0, 0.0
	for _, c := range w.Mix {
		bytes += c.Weight * float64(c.Size)
		weights += c.Weight
	}
	if mean := math.Round(bytes / weights); mean >= 1 { // no weight at all is refused later
		return units.Size(min(mean, maxCallSize))
	}
	return 1
}

package metrics

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// What every histogram of details.jsonl can hold, in microseconds: up to eleven days, right to so many digits.
const (
	ShortestTook = 1
	LongestTook  = 1e12
	TookDigits   = 3
)

// histogram holds times in microseconds, right to three digits. All have the same range, so that they merge without loss. The zero
// value is empty; it takes half a megabyte once it is not.
type histogram struct{ h *hdrhistogram.Histogram }

// add takes a time in seconds.
func (h *histogram) add(s float64) { h.addN(s, 1) }

// addN takes n equal times.
func (h *histogram) addN(s float64, n int64) {
	if h.h == nil {
		h.h = hdrhistogram.New(ShortestTook, LongestTook, TookDigits)
	}
	_ = h.h.RecordValues(int64(max(0, s)*1e6+0.5), n) // longer than it can hold is longer than any trial
}

func (h *histogram) count() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// at is the nearest-rank percentile in seconds, as Percentile has it; zero: it is empty.
func (h *histogram) at(p float64) float64 {
	n := float64(h.count())
	if n == 0 {
		return 0
	}
	return float64(h.h.ValueAtPercentile(100*math.Ceil(p/100*n)/n)) / 1e6
}

// encode is the histogram as details.jsonl has it; empty: nothing is in it.
func (h *histogram) encode() string {
	if h.h == nil {
		return ""
	}
	b, _ := h.h.Encode(hdrhistogram.V2CompressedEncodingCookieBase) // to memory
	return string(b)
}

package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/record"
)

// Latency is how long calls took that succeeded, or that the trial's end cut off, at what is sure of these, over all trials that count. The
// histograms of the trials are merged, which loses nothing; percentiles are never averaged.
type Latency struct {
	Calls int64 `json:"calls"`
	// Limits is of how many of the longest response times only a lower limit is known, since a trial's end cut calls off.
	Limits int64 `json:"limits,omitempty"`
	// Longest is the longest response time of each trial.
	Longest Stat `json:"longest,omitzero"`
	// Response is from the planned start, waits included; Busy is the same without the waits between attempts; Service is from the
	// send of the attempt that succeeded. Nil: not known.
	Response []Longer `json:"response,omitempty"`
	Busy     []Longer `json:"busy,omitempty"`
	Service  []Longer `json:"service,omitempty"`
}

// Longer says that a share of the calls took longer than so many seconds.
type Longer struct {
	Share float64 `json:"share"`
	S     float64 `json:"s"`
	// The interval of S, at the points that stand as numbers on the page; nil: there is none.
	LowS  *float64 `json:"low_s,omitempty"`
	HighS *float64 `json:"high_s,omitempty"`
	// Censored: S is a lower limit, as the trial was over before the call was. LowCensored and HighCensored: LowS or HighS is.
	Censored     bool `json:"censored,omitempty"`
	LowCensored  bool `json:"low_censored,omitempty"`
	HighCensored bool `json:"high_censored,omitempty"`
}

// pointAt returns what the given share of the calls took longer than; not ok: there is no such point.
func pointAt(points []Longer, share float64) (p Longer, ok bool) {
	for _, p := range points {
		if math.Abs(p.Share-share) < 1e-9 {
			return p, true
		}
	}
	return Longer{}, false
}

// perDecade is how many points there are for every tenth of what is left.
const perDecade = 8

// latenciesOf are the times of a row: its curves, of which it is marked what is not known, and how sure their points are. Nil: there are none.
func latenciesOf(h Histograms, r *Run, trials []*record.Trial) *Latency {
	l := latencyOf(h)
	if l == nil {
		return nil
	}
	response := allBars(r, trials, func(d *record.Detail) (string, int64) { return d.Response, d.ResponseLimits })
	l.Limits, l.Longest = markLimits(l.Response, response), longestOf(response)
	addIntervals(l.Response, response)
	busy := allBars(r, trials, func(d *record.Detail) (string, int64) { return d.Busy, d.BusyLimits })
	markLimits(l.Busy, busy)
	addIntervals(l.Busy, busy)
	addIntervals(l.Service, allBars(r, trials, func(d *record.Detail) (string, int64) { return d.Service, 0 }))
	return l
}

// latencyOf reads the curves off merged histograms; nil: there are none.
func latencyOf(h Histograms) *Latency {
	response := h.Response.Unpack()
	l := &Latency{Response: longerOf(response), Busy: longerOf(h.Busy.Unpack()), Service: longerOf(h.Service.Unpack())}
	if l.Response == nil && l.Busy == nil && l.Service == nil {
		return nil
	}
	if response != nil {
		l.Calls = response.TotalCount()
	}
	return l
}

// longerOf reads the points of a curve off a histogram of microseconds, down to the share that is a single call.
func longerOf(h *hdrhistogram.Histogram) []Longer {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	shares := []float64{1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.01, 0.001}
	least := 1 / float64(h.TotalCount())
	for i := perDecade + 1; ; i++ {
		share := math.Pow(10, -float64(i)/perDecade)
		if share <= least {
			break
		}
		shares = append(shares, share)
	}
	shares = append(shares, least)
	slices.SortFunc(shares, func(a, b float64) int { return cmp.Compare(b, a) })
	shares = slices.CompactFunc(slices.DeleteFunc(shares, func(s float64) bool { return s < least }),
		func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	// The histogram takes the nearest rank; the trial's percentiles, and the intervals here, take the next one up.
	percentiles, n := make([]float64, len(shares)), float64(h.TotalCount())
	for i, s := range shares {
		percentiles[i] = 100 * math.Ceil((1-s)*n-1e-6) / n
	}
	points := make([]Longer, len(shares))
	for i, v := range h.ValueAtPercentilesSlice(percentiles) {
		points[i] = Longer{Share: shares[i], S: float64(v) / 1e6}
	}
	return points
}

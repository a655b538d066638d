package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/record"
)

// Latency is how long calls took that succeeded, over all trials that count. The histograms of the trials are merged, which loses
// nothing; percentiles are never averaged.
type Latency struct {
	Calls int64 `json:"calls"`
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
}

// longerAt returns what the given share of the calls took longer than; not ok: there is no such point.
func longerAt(points []Longer, share float64) (s float64, ok bool) {
	for _, p := range points {
		if math.Abs(p.Share-share) < 1e-9 {
			return p.S, true
		}
	}
	return 0, false
}

// perDecade is how many points there are for every tenth of what is left.
const perDecade = 8

// latencyOf merges the histograms of trials. unread lists the trials with one that cannot be read.
func latencyOf(r *Run, trials []*record.Trial) (l *Latency, unread []int) {
	var response, busy, service *hdrhistogram.Histogram
	for _, t := range trials {
		d := r.Details[t.Trial]
		if d == nil {
			continue
		}
		bad := false
		for _, h := range []struct {
			encoded string
			into    **hdrhistogram.Histogram
		}{{d.Response, &response}, {d.Busy, &busy}, {d.Service, &service}} {
			bad = !mergeInto(h.into, h.encoded) || bad
		}
		if bad {
			unread = append(unread, t.Trial)
		}
	}
	if response == nil && busy == nil && service == nil {
		return nil, unread
	}
	l = &Latency{Response: longerOf(response), Busy: longerOf(busy), Service: longerOf(service)}
	if response != nil {
		l.Calls = response.TotalCount()
	}
	return l, unread
}

// mergeInto adds an encoded histogram to another, which it makes if there is none yet. It reports whether it could be read.
func mergeInto(into **hdrhistogram.Histogram, encoded string) bool {
	if encoded == "" {
		return true
	}
	h, err := hdrhistogram.Decode([]byte(encoded))
	if err != nil {
		return false
	}
	if *into == nil {
		*into = h
		return true
	}
	return (*into).Merge(h) == 0 // what is dropped lies beyond its range
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
		func(a, b float64) bool { return a-b < 1e-9 })
	percentiles := make([]float64, len(shares))
	for i, s := range shares {
		percentiles[i] = 100 * (1 - s)
	}
	points := make([]Longer, len(shares))
	for i, v := range h.ValueAtPercentilesSlice(percentiles) {
		points[i] = Longer{Share: shares[i], S: float64(v) / 1e6}
	}
	return points
}

// detailWarnings say which histograms are left out.
func detailWarnings(unread []int) []Warning {
	if len(unread) == 0 {
		return nil
	}
	names := make([]string, len(unread))
	for i, t := range unread {
		names[i] = fmt.Sprint(t)
	}
	return []Warning{{Kind: WarnDetails, Text: fmt.Sprintf("histograms in %s cannot be read, so latencies are without %s %s",
		record.DetailsFile, plural(len(unread), "trial"), strings.Join(names, ", "))}}
}

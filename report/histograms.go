package report

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// Histograms are times of single parts or calls, over all trials that count. They merge without loss, which percentiles do not.
type Histograms struct {
	Response Histogram // from the planned start, waits included
	Busy     Histogram // the same less the waits between attempts
	Service  Histogram // of the attempt that succeeded
	EarlyBy  Histogram // how much too early attempts came
}

// Histogram is an HdrHistogram of microseconds in the compressed V2 encoding: unpacked, each takes half a megabyte. Empty: there is
// none.
type Histogram string

// Unpack returns the histogram, the caller's own; nil: there is none.
func (h Histogram) Unpack() *hdrhistogram.Histogram {
	if h == "" {
		return nil
	}
	u, _ := unpack(string(h)) // Read has seen that it can be read
	return u
}

// mostTimes is what a histogram may hold: more than any trial takes, and so little that the sum over a run's trials is exact.
const mostTimes = 1e12

// unpack decodes a histogram that somebody may have damaged, whatever the decoder makes of it.
func unpack(encoded string) (h *hdrhistogram.Histogram, err error) {
	defer func() {
		if p := recover(); p != nil {
			h, err = nil, fmt.Errorf("it is no histogram: %v", p)
		}
	}()
	h, err = hdrhistogram.Decode([]byte(encoded))
	switch {
	case err != nil:
		return nil, err
	case h == nil:
		return nil, errors.New("it is cut off")
	case h.LowestTrackableValue() != metrics.ShortestTook || h.HighestTrackableValue() != metrics.LongestTook || h.SignificantFigures() != metrics.TookDigits:
		return nil, fmt.Errorf("it goes from %d to %d with %d digits, and others from %d to %d with %d", h.LowestTrackableValue(), h.HighestTrackableValue(),
			h.SignificantFigures(), metrics.ShortestTook, int64(metrics.LongestTook), metrics.TookDigits)
	case h.TotalCount() > mostTimes:
		return nil, fmt.Errorf("it holds %d times, which no trial has", h.TotalCount())
	}
	return h, nil
}

// checkHistograms reports a histogram that cannot be read.
func checkHistograms(d *record.Detail) error {
	for _, h := range []struct {
		name, encoded string
		limits        int64
	}{
		{"response", d.Response, d.ResponseLimits}, {"busy", d.Busy, d.BusyLimits}, {"service", d.Service, 0}, {"early_by", d.EarlyBy, 0}, {"late_by", d.LateBy, 0},
	} {
		n := int64(0)
		if h.encoded != "" {
			u, err := unpack(h.encoded)
			if err != nil {
				return fmt.Errorf("the histogram %s of trial %d cannot be read: %w; the file was changed or damaged after it was written", h.name, d.Trial, err)
			}
			n = u.TotalCount()
		}
		if h.limits < 0 || h.limits > n {
			return fmt.Errorf("the histogram %s of trial %d holds %d times, and %s_limits says that %d of them are lower limits; the file was changed or damaged after it was written",
				h.name, d.Trial, n, h.name, h.limits)
		}
	}
	return nil
}

// histogramsOf merges the histograms of trials.
func histogramsOf(r *Run, trials []*record.Trial) Histograms {
	of := func(get func(*record.Detail) string) Histogram {
		var all []Histogram
		for _, t := range trials {
			if d := r.Details[t.Trial]; d != nil && get(d) != "" {
				all = append(all, Histogram(get(d)))
			}
		}
		return merge(all)
	}
	return Histograms{
		Response: of(func(d *record.Detail) string { return d.Response }), Busy: of(func(d *record.Detail) string { return d.Busy }),
		Service: of(func(d *record.Detail) string { return d.Service }), EarlyBy: of(func(d *record.Detail) string { return d.EarlyBy }),
	}
}

func merge(all []Histogram) Histogram {
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	sum := all[0].Unpack()
	for _, h := range all[1:] {
		sum.Merge(h.Unpack()) // all have the same range, so none is dropped
	}
	b, _ := sum.Encode(hdrhistogram.V2CompressedEncodingCookieBase) // to memory
	return Histogram(b)
}

// LatencyDir is the folder of the .hgrm files in a run's folder.
const LatencyDir = "latency"

// ticks is how many lines an .hgrm file has for each halving of the distance to 100 %, as HdrHistogram's own tools write it.
const ticks = 5

// writeLatency writes the distributions of response and service times, one file for each contestant in each cell, in the format of
// HdrHistogram's percentile output, in milliseconds. A last line, which its tools take for a comment, says what is not known. Runs without histograms get none.
func writeLatency(dir string, a *Analysis) error {
	out := filepath.Join(dir, LatencyDir)
	var errs []error
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			limits := int64(0)
			if r.Latency != nil {
				limits = r.Latency.Limits
			}
			for _, h := range []struct {
				name   string
				of     Histogram
				limits int64
			}{{"response", r.Histograms.Response, limits}, {"service", r.Histograms.Service, 0}} {
				if h.of == "" {
					continue
				}
				if err := os.MkdirAll(out, 0o755); err != nil {
					return fmt.Errorf("make the folder of latencies: %w", err)
				}
				name := c.slug() + "-" + fileName(r.Contestant) + "-" + h.name + ".hgrm"
				errs = append(errs, writeFile(filepath.Join(out, name), func(w io.Writer) error {
					u := h.of.Unpack()
					if _, err := u.PercentilesPrint(w, ticks, 1000); err != nil || h.limits == 0 {
						return err
					}
					_, err := fmt.Fprintf(w, "#[Of the longest %d of %d only a lower limit is known: the trials' end cut calls off.]\n", h.limits, u.TotalCount())
					return err
				}))
			}
		}
	}
	return errors.Join(errs...)
}

// fileName makes a contestant's name a part of a file's. Different names stay different.
func fileName(s string) string {
	s = benchName(s)
	if strings.Trim(s, ".") == "" {
		s = "%" + s
	}
	const longest = 100 // bytes; file systems have 255
	if len(s) > longest {
		s = fmt.Sprintf("%s~%08x", s[:longest], hash(s))
	}
	return s
}

func hash(s string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, s) // a hash takes everything
	return h.Sum32()
}

package metrics

import "github.com/ratebench/ratebench/internal/record"

const (
	herdBins   = 100 // of 10 ms, in a second
	herdHints  = 2   // hints that have to run out in the first bin, unless a window of trouble ended in it
	herdLeast  = 20  // arrivals in the second
	maxSeconds = maxBins / 10
)

// herds counts arrivals at the server, and hints that ran out or windows that ended, in bins of 10 ms. The zero value is empty. Its memory grows with the
// seconds of a trial in which there was any.
type herds struct{ arrived, ended binned }

// binned counts in bins of 10 ms; seconds with nothing in them take no room.
type binned []*[herdBins]uint32

func (b *binned) add(t float64) {
	n := int(t*herdBins + 1e-6)
	second := n / herdBins
	if t < 0 || second >= maxSeconds {
		return
	}
	for len(*b) <= second {
		*b = append(*b, nil)
	}
	if (*b)[second] == nil {
		(*b)[second] = new([herdBins]uint32)
	}
	(*b)[second][n%herdBins]++
}

func (b binned) at(n int) int {
	if second := n / herdBins; second < len(b) && b[second] != nil {
		return int(b[second][n%herdBins])
	}
	return 0
}

// row takes a row of the ledger. The end of one window weighs as much as hints enough: it is the same for everybody.
func (h *herds) row(r *record.LedgerRow) {
	if r.Kind == record.LedgerWindow && r.EndS > r.TS {
		for range herdHints {
			h.ended.add(r.EndS)
		}
	}
	if r.Kind != record.LedgerAttempt {
		return
	}
	h.arrived.add(r.TS)
	if until, ok := hintEnd(r); ok {
		h.ended.add(until)
	}
}

// worst returns the second with the greatest index of those that begin with a bin in which enough hints ran out or a window ended, and
// that lie between warm-up and the trial's end; of several the one with more arrivals, then the first. Nil: there is none with enough
// arrivals.
func (h *herds) worst(warmUp, wall float64) (index *float64, herd *record.Herd) {
	best, most := 0.0, 0
	from := -1
	for second, bins := range h.ended {
		if bins == nil {
			continue
		}
		for i, n := range bins {
			at := second*herdBins + i
			if n < herdHints || float64(at) < warmUp*herdBins-1e-6 || float64(at+herdBins) > wall*herdBins+1e-6 {
				continue
			}
			sum, peak := 0, 0
			for j := range herdBins {
				arrived := h.arrived.at(at + j)
				sum += arrived
				peak = max(peak, arrived)
			}
			if sum < herdLeast {
				continue
			}
			if v := float64(peak) * herdBins / float64(sum); v > best || v == best && sum > most {
				best, most, from = v, sum, at
			}
		}
	}
	if from < 0 {
		return nil, nil
	}
	herd = &record.Herd{FromS: float64(from) / herdBins, Bins: make([]int, herdBins)}
	for j := range herd.Bins {
		herd.Bins[j] = h.arrived.at(from + j)
	}
	return &best, herd
}

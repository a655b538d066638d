package metrics

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// hinted is what became of the hints that calls were given: how long after the hint's end their next attempt was sent.
type hinted struct {
	retries int       // after an answer with a hint
	late    []float64 // of those that waited for its end: how long after it, in seconds
}

// hintsOf looks at every attempt after the warm-up that followed a hint to the same call. The hint that counts is that of the last attempt
// of the call that had ended when it began. until are the ends of hints that are moments, by the attempt's id.
func hintsOf(calls []*call, until map[string]float64, warmUp float64) (h hinted) {
	for _, c := range calls {
		for i, a := range c.attempts {
			before := c.endedBefore(i)
			if a.StartS < warmUp || before == nil || before.RetryAfterS == nil || before.Status == 0 {
				continue
			}
			over, ok := until[before.ID]
			if !ok {
				over = end(before) + *before.RetryAfterS
			}
			h.retries++
			if by := a.StartS - over; by >= -rounding {
				h.late = append(h.late, max(0, by))
			}
		}
	}
	slices.Sort(h.late)
	return h
}

// moments are the ends of hints that were given as dates, by the attempt's id: the server's record of them is exact.
func moments(ledger []record.LedgerRow) map[string]float64 {
	until := map[string]float64{}
	for i := range ledger {
		if r := &ledger[i]; r.Kind == record.LedgerAttempt && r.HintUntilS != nil && r.ID != "" {
			until[r.ID] = *r.HintUntilS
		}
	}
	return until
}

// count fills in the compliance with hints.
func (h *hinted) count(t *record.Trial, d *record.Detail) {
	if h.retries == 0 {
		return
	}
	share := float64(len(h.late)) / float64(h.retries)
	t.HintCompliance = &share
	if len(h.late) == 0 {
		return
	}
	mid, most := Percentile(h.late, 50), h.late[len(h.late)-1]
	t.LateByS, t.LateByMaxS = &mid, &most
	var all histogram
	for _, s := range h.late {
		all.add(s)
	}
	d.LateBy = all.encode()
}

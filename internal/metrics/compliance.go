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
// of the call that had ended when it began. told is what the server says that it asked for, by the attempt's id: it knows better than a
// client that reads a date by another clock. Where it has not said so, the client's reading of the answer counts.
func hintsOf(calls []*call, told map[string]*record.LedgerRow, warmUp float64) (h hinted) {
	for _, c := range calls {
		for i, a := range c.attempts {
			before := c.endedBefore(i)
			if a.StartS < warmUp || before == nil || before.Status == 0 {
				continue
			}
			over, ok := endFor(before, told[before.ID])
			if !ok {
				continue
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

// endFor is when the hint runs out that came with an attempt's answer, for who got it: as for early attempts, a hint in seconds counts from
// when the answer came. said is the server's row of it, nil: there is none. Not ok: no hint came.
func endFor(a *record.Attempt, said *record.LedgerRow) (t float64, ok bool) {
	switch {
	case said != nil && said.HintUntilS != nil:
		return *said.HintUntilS, true
	case said != nil:
		return end(a) + *said.RetryAfterS, true
	case a.RetryAfterS != nil:
		return end(a) + *a.RetryAfterS, true
	}
	return 0, false
}

// toldOf are the rows of answers that gave a hint, by the attempt's id.
func toldOf(ledger []record.LedgerRow) map[string]*record.LedgerRow {
	told := map[string]*record.LedgerRow{}
	for i := range ledger {
		if r := &ledger[i]; r.Kind == record.LedgerAttempt && r.RetryAfterS != nil && r.ID != "" {
			told[r.ID] = r
		}
	}
	return told
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

package metrics

import "github.com/ratebench/ratebench/internal/record"

// hintEnd is when a hint runs out, in seconds since the trial began, by the server's record of it. A hint in seconds counts from the
// answer's end, a date is the moment itself. Not ok: the row gives no hint, or its answer was never sent and told nobody anything.
func hintEnd(r *record.LedgerRow) (t float64, ok bool) {
	switch {
	case r.Kind != record.LedgerAttempt || r.Status == 0 || r.RetryAfterS == nil:
		return 0, false
	case r.HintUntilS != nil:
		return *r.HintUntilS, true
	}
	return r.TS + r.TookS + *r.RetryAfterS, true
}

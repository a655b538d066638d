package strategies

import (
	"slices"
	"time"
)

// Sahara is execute_with_retries of OpenStack Sahara: up to RetriesNumber retries, so one call more, each after
// max(the server's hint, RetryAfter), without jitter or cap. Kept on purpose:
//
//   - What a call does is not looked at: a 504 on "create server" may create it twice.
//   - A connection that breaks has no status, and so is not retried. 501 is not either.
//   - It sleeps once more after the last failure before it gives up: 60 s in all with its defaults.
//
// The fields after RetryAfter turn single traits off, to see what they cost. The zero value makes one attempt; see
// DefaultSahara.
//
// Source: openstack/sahara, sahara/utils/openstack/base.py.
type Sahara struct {
	RetriesNumber int           // retries: 3 are 4 calls
	RetryAfter    time.Duration // shortest wait
	// HintOf are the statuses whose hint is read, and only as a whole number of seconds: for novaclient 413 and 429, whose
	// exceptions carry it. Empty: no hint is read, as with the clients whose exceptions have none.
	HintOf []int

	NoFinalSleep   bool // returns the last failure at once
	IdempotentOnly bool // retries what can be repeated without harm only
	FullJitter     bool // waits U(0, RetryAfter) in place of RetryAfter, never less than the hint
}

// DefaultSahara returns Sahara's settings ([retries] in its configuration): 5 retries, 10 s.
func DefaultSahara() Sahara { return Sahara{RetriesNumber: 5, RetryAfter: 10 * time.Second} }

// NovaHint are the statuses of which novaclient reads Retry-After.
func NovaHint() []int { return []int{413, 429} }

var saharaStatuses = []int{408, 413, 429, 500, 502, 503, 504}

// For returns the retrier of one call.
func (s *Sahara) For(c *Call) Retrier { return saharaRetrier{s, c} }

type saharaRetrier struct {
	*Sahara
	call *Call
}

func (r saharaRetrier) Next(attempt int, o Outcome) (time.Duration, bool) {
	if o.Err != nil || !slices.Contains(saharaStatuses, o.Status) || r.IdempotentOnly && !r.call.Idempotent {
		return 0, false
	}
	wait := max(r.RetryAfter, 0)
	if r.FullJitter {
		wait = upTo(wait, r.call.Rand)
	}
	if o.Hint.Form == Seconds && slices.Contains(r.HintOf, o.Status) {
		wait = max(wait, o.Hint.After)
	}
	if attempt <= r.RetriesNumber {
		return wait, true
	}
	if r.NoFinalSleep {
		wait = 0
	}
	return wait, false
}

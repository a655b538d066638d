package strategies

import "time"

// Policy is the plain kind of retry strategy: up to so many attempts, a backoff between them, and the server's hint as a
// floor. The zero value makes one attempt.
//
// With a hint the wait is max(backoff, hint) + U(0, HintJitter): never earlier than the server asked, a short hint does not cut a
// long backoff short, and those who were told the same do not come back in the same instant. A server that asks not to be
// tried again is obeyed.
type Policy struct {
	Attempts int     // attempts in all; 0 and 1: no retry
	Backoff  Backoff // nil: None
	When     Rule
	// HintJitter is the width of the jitter on top of a hint; 0: none.
	HintJitter time.Duration
	// MaxHint is the longest hint that is waited for; 0: any. LongHint says what becomes of a longer one.
	MaxHint  time.Duration
	LongHint LongHint
	// IgnoreHint leaves what the server says unread.
	IgnoreHint bool
}

// LongHint is what a Policy does with a hint longer than its MaxHint.
type LongHint int

const (
	// FailLongHint gives up: the caller gets the answer, and can read there how long the server asked it to wait.
	FailLongHint LongHint = iota
	// CapLongHint waits for MaxHint instead, and so comes back early.
	CapLongHint
)

// For returns the retrier of one call.
func (p *Policy) For(c *Call) Retrier {
	r := &policyRetrier{policy: p, call: c}
	if b, ok := p.Backoff.(PerCall); ok {
		r.backoff = b.ForCall()
	}
	return r
}

type policyRetrier struct {
	policy  *Policy
	call    *Call
	backoff Backoff // the call's own; nil: the policy's
}

func (r *policyRetrier) Next(attempt int, o Outcome) (time.Duration, bool) {
	p := r.policy
	if attempt >= p.Attempts || !p.When.Retry(r.call, o) {
		return 0, false
	}
	backoff := r.backoff
	if backoff == nil {
		backoff = p.Backoff
	}
	wait := waitOf(backoff, attempt-1, r.call.Rand)
	if p.IgnoreHint {
		return wait, true
	}
	if o.Hint.Stop {
		return 0, false
	}
	if o.Hint.Given {
		after := o.Hint.After
		if p.MaxHint > 0 && after > p.MaxHint {
			if p.LongHint == FailLongHint {
				return 0, false
			}
			after = p.MaxHint
		}
		wait = max(wait, after)
		if p.HintJitter > 0 && r.call.Rand != nil {
			wait = plus(wait, upTo(p.HintJitter, r.call.Rand))
		}
	}
	return wait, true
}

package strategies

import "time"

// Policy is the plain kind of retry strategy: up to so many attempts, a backoff between them, and the server's
// Retry-After as a floor. The zero value makes one attempt.
type Policy struct {
	Attempts int     // attempts in all; 0 and 1: no retry
	Backoff  Backoff // nil: None
	When     Rule
	// IgnoreHint leaves Retry-After unread. By default the wait is max(backoff, Retry-After), and nothing is added: never
	// earlier than the server asked, and a short hint does not cut a long backoff short.
	IgnoreHint bool
}

// For returns the retrier of one call.
func (p *Policy) For(c *Call) Retrier { return &policyRetrier{p, c} }

type policyRetrier struct {
	policy *Policy
	call   *Call
}

func (r *policyRetrier) Next(attempt int, o Outcome) (time.Duration, bool) {
	p := r.policy
	if attempt >= p.Attempts || !p.When.Retry(r.call, o) {
		return 0, false
	}
	var wait time.Duration
	if p.Backoff != nil {
		wait = p.Backoff.Wait(attempt-1, r.call.Rand)
	}
	if o.Hint.Given && !p.IgnoreHint {
		wait = max(wait, o.Hint.After)
	}
	return wait, true
}

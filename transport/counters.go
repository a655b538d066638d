package transport

import (
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Counters count what retry layers do. The zero value is ready; it must not be copied. To publish them:
// expvar.Publish("uploads", expvar.Func(func() any { return c.Snapshot() })), or read a Snapshot in a collector.
type Counters struct {
	calls, succeeded, attempts, retries, throttled, failed atomic.Int64
	byBudget, byDeadline, byBody, byGate                   atomic.Int64
	waited                                                 atomic.Int64
}

// Snapshot is the state of Counters at a moment. Its numbers only grow. They are read one after another, so calls that end
// meanwhile may count in some of them.
type Snapshot struct {
	Calls     int64 `json:"calls"`     // begun
	Succeeded int64 `json:"succeeded"` // ended in an answer that is no error
	Attempts  int64 `json:"attempts"`  // begun
	Retries   int64 `json:"retries"`   // of these, those after a call's first
	Throttled int64 `json:"throttled"` // attempts that ended in 429, or 503 with a code for throttling
	Failed    int64 `json:"failed"`    // attempts that ended in an error, or in an answer that is one; the throttled included
	// Retries that the retrier would have made: the budget was used up, the wait would have ended past the caller's
	// deadline, the body could not be read anew. And attempts that a gate did not let through.
	DeniedByBudget   int64 `json:"denied_by_budget"`
	DeniedByDeadline int64 `json:"denied_by_deadline"`
	DeniedByBody     int64 `json:"denied_by_body"`
	DeniedByGate     int64 `json:"denied_by_gate"`
	// Waited is the time that calls waited between attempts, in all, in nanoseconds.
	Waited time.Duration `json:"waited_ns"`
}

// Snapshot reads the counters.
func (c *Counters) Snapshot() Snapshot {
	return Snapshot{
		Calls: c.calls.Load(), Succeeded: c.succeeded.Load(), Attempts: c.attempts.Load(), Retries: c.retries.Load(),
		Throttled: c.throttled.Load(), Failed: c.failed.Load(),
		DeniedByBudget: c.byBudget.Load(), DeniedByDeadline: c.byDeadline.Load(), DeniedByBody: c.byBody.Load(), DeniedByGate: c.byGate.Load(),
		Waited: time.Duration(c.waited.Load()),
	}
}

// The methods below take a nil receiver, for layers that do not count.

func (c *Counters) begin(attempt int) {
	if c == nil {
		return
	}
	if attempt == 1 {
		c.calls.Add(1)
	} else {
		c.retries.Add(1)
	}
	c.attempts.Add(1)
}

func (c *Counters) end(s *state, denied string) {
	if c == nil {
		return
	}
	o := s.outcome
	switch {
	case s.refused:
		if strategies.KindOf(o.Err) == strategies.Refusal { // else its context ended
			c.byGate.Add(1)
		}
		return
	case o.Succeeded():
		c.succeeded.Add(1)
		return
	case o.Throttled():
		c.throttled.Add(1)
	}
	c.failed.Add(1)
	switch denied {
	case deniedByBudget:
		c.byBudget.Add(1)
	case deniedByDeadline:
		c.byDeadline.Add(1)
	case deniedByBody:
		c.byBody.Add(1)
	}
}

func (c *Counters) wait(d time.Duration) {
	if c != nil {
		c.waited.Add(int64(d))
	}
}

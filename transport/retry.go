package transport

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Retry makes further attempts of a call as a strategies.Retrier decides; factory makes a fresh one for every call.
//
//   - The first attempt sends the caller's request as it is. Every further one gets a new body from GetBody. A request
//     whose body cannot be had again gets one attempt.
//   - The answer of an attempt that is repeated is drained up to 64 KiB and closed before the wait, so that its
//     connection is free. The wait counts from the receipt of the answer.
//   - A wait that would not end before the context's deadline is not begun: the caller gets the last answer at once. So it is
//     when a budget (WithBudget) grants no retry.
//   - The end of the context ends a wait; the error wraps the context's. It says what the last attempt ended in. So does the error
//     of a retry that a gate below does not let through, or not before the deadline: by then the last answer is gone.
//   - When the retrier says stop, the caller gets the last answer or error unchanged.
//
// An attempt that succeeds at once costs one allocation besides those of factory.
func Retry(factory func(*strategies.Call) strategies.Retrier, opts ...Option) Layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return &retryLayer{over(next), factory, newOptions(opts)}
	}
}

type retryLayer struct {
	below
	factory func(*strategies.Call) strategies.Retrier
	*options
}

// RoundTrip implements http.RoundTripper.
func (l *retryLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	return l.attempt(req, l.newState(req))
}

func (l *retryLayer) attempt(req *http.Request, s *state) (*http.Response, error) {
	ctx := req.Context()
	r := retries{options: l.options, state: s, retrier: l.factory(&s.Call), req: req, replayable: CanReplay(req)}
	r.open()
	defer r.close()
	send := req
	for n := 1; ; n++ {
		r.before(ctx, n)
		resp, err := l.below.attempt(send, s)
		wait, again := r.after(ctx)
		if !again {
			if s.refused && n > 1 {
				err = fmt.Errorf("%w; attempt %d had ended in %s", err, n-1, ending(r.last))
			}
			_ = sleepUntil(ctx, s.received.Add(wait)) // only ports of libraries that sleep in vain ask for it
			return resp, err
		}
		Discard(resp)
		if waitErr := sleepUntil(ctx, s.received.Add(wait)); waitErr != nil {
			return nil, s.fail(fmt.Errorf("transport: the context ended while waiting %v for attempt %d of %s after %s: %w",
				wait, n+1, Target(req), ending(s.outcome), waitErr))
		}
		if send, err = Replay(req, n+1); err != nil {
			return nil, s.fail(err)
		}
	}
}

// retries is what the loops of Retry and Do share: a call's way from attempt to attempt. Sending and waiting are theirs.
type retries struct {
	*options
	*state
	retrier    strategies.Retrier
	req        *http.Request // nil in Do
	replayable bool

	n      int                // the attempt under way
	began  time.Time          // the call
	waited time.Duration      // before the attempt under way
	last   strategies.Outcome // of the attempt before
	charge int64              // of the budget
}

// Reasons why a retry that a retrier asks for is not made.
const (
	deniedByBody     = "body"
	deniedByDeadline = "deadline"
	deniedByBudget   = "budget"
)

func (r *retries) open() {
	r.began = time.Now()
	r.now = r.began
	if r.budget != nil {
		r.withCharge(func() { r.budget.Begin(r.began, &r.Call) })
	}
}

func (r *retries) close() {
	if r.budget != nil {
		r.withCharge(func() { r.budget.End(r.received, &r.Call, r.outcome) })
	}
}

// withCharge lets the budget find what it has charged this loop: a loop above or below has a budget of its own.
func (r *retries) withCharge(do func()) {
	r.Charge, r.charge = r.charge, r.Charge
	do()
	r.Charge, r.charge = r.charge, r.Charge
}

// grants asks the budget for a retry.
func (r *retries) grants() (ok bool) {
	r.withCharge(func() { ok = r.budget.Retry(r.received, &r.Call, r.outcome) })
	return ok
}

// before notes that an attempt begins.
func (r *retries) before(ctx context.Context, n int) {
	if n > 1 {
		r.last, r.now = r.outcome, time.Time{}
	}
	r.n, r.refused, r.outcome = n, false, strategies.Outcome{}
	r.counters.begin(n)
	if len(r.hooks) == 0 {
		return
	}
	a := r.describe()
	a.Outcome = r.last
	if n > 1 {
		a.Elapsed = time.Since(r.began)
	}
	for _, h := range r.hooks {
		if h.Before != nil {
			h.Before(ctx, a)
		}
	}
}

// after decides what follows an attempt that has ended. A wait without another attempt is the retrier's wish.
func (r *retries) after(ctx context.Context) (wait time.Duration, again bool) {
	denied := ""
	if ctx.Err() == nil {
		if wait, again = r.retrier.Next(r.n, r.outcome); again {
			if denied = r.denied(wait); denied != "" {
				wait, again = 0, false
			}
		} else if !r.Deadline.IsZero() && !r.received.Add(wait).Before(r.Deadline) {
			wait = 0
		}
	}
	r.waited = wait
	r.counters.end(r.state, denied)
	if again {
		r.counters.wait(wait)
	}
	if len(r.hooks) == 0 {
		return wait, again
	}
	a := r.describe()
	a.Outcome, a.Elapsed, a.Retry, a.Wait, a.Denied = r.outcome, r.received.Sub(r.began), again, wait, denied
	for _, h := range r.hooks {
		if h.After != nil {
			h.After(ctx, a)
		}
	}
	return wait, again
}

// denied says what stands against a retry. The budget is asked last, since it charges.
func (r *retries) denied(wait time.Duration) string {
	switch {
	case !r.replayable:
		return deniedByBody
	case !r.Deadline.IsZero() && !r.received.Add(wait).Before(r.Deadline):
		return deniedByDeadline
	case r.budget != nil && !r.grants():
		return deniedByBudget
	}
	return ""
}

func (r *retries) describe() Attempt {
	return Attempt{Number: r.n, Waited: r.waited, req: r.req, name: r.name}
}

func ending(o strategies.Outcome) string {
	switch {
	case o.Err != nil:
		return fmt.Sprintf("a %v error", strategies.KindOf(o.Err)) // its text may hold what a log must not
	case o.Code != "":
		return fmt.Sprintf("status %d (%s)", o.Status, o.Code)
	}
	return fmt.Sprintf("status %d", o.Status)
}

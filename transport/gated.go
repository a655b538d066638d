package transport

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Gated asks a gate before every attempt: it sends, waits and asks again, or returns the gate's refusal wrapped. Under
// a Retry layer every retry passes the gate as well, and a refusal ends the call unless its rule retries
// strategies.Refusal; over it, the gate sees calls instead of attempts, as a circuit breaker does best.
//
// Done is called exactly once for every attempt that was let through, when its response's headers or its error have
// come; with UntilRead, when its response's body has ended. The end of the context ends a wait; then nothing was let through: the gate is told by Leave if it is a
// strategies.Leaver, and not by Done. A wait that would not end before the context's deadline is not begun: there is no answer to
// return, so the error wraps context.DeadlineExceeded, ahead of time.
func Gated(g strategies.Gate, opts ...Option) Layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return &gateLayer{over(next), newAdmission(g), newOptions(opts)}
	}
}

type gateLayer struct {
	below
	admission
	*options
}

// RoundTrip implements http.RoundTripper.
func (l *gateLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	return l.attempt(req, l.newState(req))
}

func (l *gateLayer) attempt(req *http.Request, s *state) (*http.Response, error) {
	start, err := l.admit(req.Context(), s)
	if err != nil {
		closeBody(req)
		return nil, s.fail(fmt.Errorf("transport: %s %w", Target(req), err))
	}
	s.outcome = strategies.Outcome{} // what Done is told if the wire panics
	s.received = start
	held := false
	defer func() {
		s.outcome.Took = s.received.Sub(start)
		if !held {
			l.gate.Done(s.received, &s.Call, s.outcome)
		}
	}()
	resp, err := l.below.attempt(req, s)
	if l.untilRead && err == nil {
		o := s.outcome
		o.Took = s.received.Sub(start)
		held = holdUntilRead(resp, func() { l.gate.Done(time.Now(), &s.Call, o) })
	}
	return resp, err
}

// tooLate is a gate's wait that would not end before the call's deadline.
var tooLate = &strategies.Refused{Gate: "gate", Why: strategies.ErrTooLate}

// admission asks a gate.
type admission struct {
	gate   strategies.Gate
	leaver strategies.Leaver // nil: the gate keeps nothing for those who wait
}

func newAdmission(g strategies.Gate) admission {
	leaver, _ := g.(strategies.Leaver)
	return admission{g, leaver}
}

// admit asks until the gate says go, and returns when that was. Nothing is left to undo when it returns an error.
func (a admission) admit(ctx context.Context, s *state) (time.Time, error) {
	for waiting := false; ; waiting = true {
		now := s.clock()
		if err := ctx.Err(); err != nil {
			return now, a.leave(s, waiting, fmt.Errorf("was not let through before the context ended: %w", err))
		}
		v := a.gate.Admit(now, &s.Call)
		if err := v.Err; err != nil {
			if strategies.KindOf(err) != strategies.Refusal {
				err = &strategies.Refused{Gate: "gate", Why: err}
			}
			return now, a.leave(s, false, fmt.Errorf("was not let through: %w", err))
		}
		if v.Go() {
			s.now = now
			return now, nil
		}
		if v.Changed == nil && !s.Deadline.IsZero() && !now.Add(v.Wait).Before(s.Deadline) {
			return now, a.leave(s, true, fmt.Errorf("would have to wait for %v: %w", v.Wait, tooLate))
		}
		if err := sleep(ctx, v.Wait, v.Changed); err != nil {
			return now, a.leave(s, true, fmt.Errorf("was not let through before the context ended: %w", err))
		}
	}
}

// leave ends the waiting of a call that the gate did not let through.
func (a admission) leave(s *state, waiting bool, err error) error {
	if waiting && a.leaver != nil {
		a.leaver.Leave(time.Now(), &s.Call)
	}
	s.refused = true
	return err
}

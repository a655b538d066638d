package transport

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Gated asks a gate before every attempt: it sends, waits and asks again, or returns the gate's refusal wrapped. Under
// a Retry layer every retry passes the gate as well.
//
// Done is called exactly once for every attempt that was let through, when its response's headers or its error have
// come. The end of the context ends a wait; then nothing was let through, and Done is not called. A wait that would not
// end before the context's deadline is not begun: there is no answer to return, so the error wraps
// context.DeadlineExceeded, ahead of time.
func Gated(g strategies.Gate) Layer {
	return func(next http.RoundTripper) http.RoundTripper { return &gateLayer{next, g} }
}

type gateLayer struct {
	next http.RoundTripper
	gate strategies.Gate
}

// RoundTrip implements http.RoundTripper.
func (l *gateLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	c := new(strategies.Call)
	fillCall(c, req)
	if err := l.admit(req, c); err != nil {
		closeBody(req)
		return nil, err
	}
	start := time.Now()
	var o strategies.Outcome // what Done is told if the wire panics
	defer func() { l.gate.Done(time.Now(), c, o) }()
	resp, err := l.next.RoundTrip(req)
	received := time.Now()
	o = observe(resp, err, received, received.Sub(start))
	return resp, err
}

// admit asks until the gate says go. Nothing is left to undo when it returns an error.
func (l *gateLayer) admit(req *http.Request, c *strategies.Call) error {
	ctx := req.Context()
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("transport: the context ended before %s was let through: %w", target(req), err)
		}
		now := time.Now()
		v := l.gate.Admit(now, c)
		if v.Err != nil {
			return fmt.Errorf("transport: %s was not let through: %w", target(req), v.Err)
		}
		if v.Go() {
			return nil
		}
		if v.Changed == nil && !c.Deadline.IsZero() && !now.Add(v.Wait).Before(c.Deadline) {
			return fmt.Errorf("transport: %s would have to wait %v, past its deadline: %w", target(req), v.Wait, context.DeadlineExceeded)
		}
		if err := sleep(ctx, v.Wait, v.Changed); err != nil {
			return fmt.Errorf("transport: the context ended while %s waited to be let through: %w", target(req), err)
		}
	}
}

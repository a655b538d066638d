package transport

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Option changes how a layer is built.
type Option func(*options)

type options struct{ rnd *rand.Rand }

// Seeded makes a layer take all its randomness from rnd, which must be used by nothing else: the layer guards it
// with a lock of its own. Without it the seeds come from the runtime and differ from run to run.
func Seeded(rnd *rand.Rand) Option { return func(o *options) { o.rnd = rnd } }

// Retry makes further attempts of a call as a strategies.Retrier decides; factory makes a fresh one for every call.
//
//   - The first attempt sends the caller's request as it is. Every further one gets a new body from GetBody. A request
//     whose body cannot be had again gets one attempt.
//   - The answer of an attempt that is repeated is drained up to 64 KiB and closed before the wait, so that its
//     connection is free. The wait counts from the receipt of the answer.
//   - A wait that would not end before the context's deadline is not begun: the caller gets the last answer at once.
//   - The end of the context ends a wait; the error wraps the context's. It says what the last attempt ended in.
//   - When the retrier says stop, the caller gets the last answer or error unchanged.
//
// An attempt that succeeds at once costs one allocation besides those of factory.
func Retry(factory func(*strategies.Call) strategies.Retrier, opts ...Option) Layer {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return &retryLayer{next: next, factory: factory, seeds: seeder{rnd: o.rnd}}
	}
}

type retryLayer struct {
	next    http.RoundTripper
	factory func(*strategies.Call) strategies.Retrier
	seeds   seeder
}

// callState keeps what a call needs in one allocation.
type callState struct {
	strategies.Call
	pcg rand.PCG
	rnd rand.Rand
}

// RoundTrip implements http.RoundTripper.
func (l *retryLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	c := new(callState)
	fillCall(&c.Call, req)
	c.pcg.Seed(l.seeds.seeds())
	c.rnd = *rand.New(&c.pcg)
	c.Rand = &c.rnd

	ctx := req.Context()
	retrier := l.factory(&c.Call)
	send := req
	for attempt := 1; ; attempt++ {
		start := time.Now()
		resp, err := l.next.RoundTrip(send)
		if ctx.Err() != nil {
			return resp, err
		}
		received := time.Now()
		o := observe(resp, err, received, received.Sub(start))
		wait, again := retrier.Next(attempt, o)
		if !again || !canReplay(req) {
			return resp, err
		}
		at := received.Add(wait)
		if !c.Deadline.IsZero() && !at.Before(c.Deadline) {
			return resp, err
		}
		Discard(resp)
		if waitErr := sleepUntil(ctx, at); waitErr != nil {
			return nil, fmt.Errorf("transport: the context ended while waiting %v for attempt %d of %s after %s: %w",
				wait, attempt+1, target(req), ending(o), waitErr)
		}
		if send, err = replay(req, attempt+1); err != nil {
			return nil, err
		}
	}
}

func ending(o strategies.Outcome) string {
	switch {
	case o.Err != nil:
		return fmt.Sprintf("a %v error (%v)", strategies.KindOf(o.Err), o.Err)
	case o.Code != "":
		return fmt.Sprintf("status %d (%s)", o.Status, o.Code)
	}
	return fmt.Sprintf("status %d", o.Status)
}

package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Policy makes the retrier of each call, as *strategies.Policy, *strategies.Sahara and the others do.
type Policy interface {
	For(c *strategies.Call) strategies.Retrier
}

// Do calls f until it returns nil, the policy says stop, or ctx ends, and returns f's last error unchanged. Without a policy it has
// that of New's zero Config. It is for calls that
// are not HTTP requests of one's own, such as those of an SDK; a request goes through a stack.
//
// What an error means is read from it: one that wraps a *StatusError ended in an answer, and every other one is classed by
// strategies.KindOf, for which an unknown error is a bug and not worth another attempt; Retryable marks one that is. f is taken for
// something that may be repeated: one that may not has no place here.
//
// As in Retry, a wait that would not end before the context's deadline is not begun, and the end of the context ends a wait; then the error
// wraps both the context's and f's last one. It takes the options Seeded, WithBudget, WithGate, WithHooks, WithCounters, WithTimeout and
// Named.
func Do(ctx context.Context, p Policy, f func(context.Context) error, opts ...Option) error {
	if p == nil {
		p = new(Config).policy()
	}
	o := newOptions(opts)
	s := &state{Call: strategies.Call{Key: o.name, Idempotent: true, Bytes: -1}}
	s.Deadline, _ = ctx.Deadline()
	s.seed(o.seeds)
	r := retries{options: o, state: s, retrier: p.For(&s.Call), replayable: true}
	r.open()
	defer r.close()
	var last error
	for n := 1; ; n++ {
		r.before(ctx, n)
		err := o.call(ctx, s, f)
		wait, again := r.after(ctx)
		if !again {
			_ = sleepUntil(ctx, s.received.Add(wait)) // only ports of libraries that sleep in vain ask for it
			if s.refused && n > 1 {
				return fmt.Errorf("%w; attempt %d had ended in: %w", err, n-1, last)
			}
			return err
		}
		last = err
		if waitErr := sleepUntil(ctx, s.received.Add(wait)); waitErr != nil {
			return s.fail(fmt.Errorf("transport: the context ended while waiting %v for attempt %d%s: %w; attempt %d had ended in: %w",
				wait, n+1, of(o.name), waitErr, n, err))
		}
	}
}

func of(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

// call makes one attempt.
func (o *options) call(ctx context.Context, s *state, f func(context.Context) error) error {
	start := time.Now()
	if o.guard != nil {
		var err error
		if start, err = newAdmission(o.guard).admit(ctx, s); err != nil {
			return s.fail(fmt.Errorf("transport: the call%s %w", of(o.name), err))
		}
		defer func() { o.guard.Done(s.received, &s.Call, s.outcome) }()
	}
	s.received = start
	limited := ctx
	if o.timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	err := f(limited)
	s.received = time.Now()
	s.outcome = OutcomeOf(err)
	s.outcome.Took = s.received.Sub(start)
	return err
}

// OutcomeOf is what Do makes of an error: status 200 for nil, what a *StatusError in it says, or the error as one of the
// wire.
func OutcomeOf(err error) strategies.Outcome {
	if err == nil {
		return strategies.Outcome{Status: http.StatusOK, BytesSent: -1}
	}
	if status, ok := errors.AsType[*StatusError](err); ok {
		return strategies.Outcome{Status: status.Status, Code: status.Code, Hint: status.Hint, BytesSent: -1}
	}
	return strategies.Outcome{Err: err, BytesSent: -1}
}

// StatusError is an answer that is an error, for functions under Do.
type StatusError struct {
	Status int
	Code   string // S3's, if any
	Hint   strategies.Hint
}

// Error implements error.
func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the server answered %d %s", e.Status, e.Code))
}

// CheckStatus returns nil for an answer below 400, and a *StatusError with what it says for others. The body stays readable,
// and the caller's to close.
func CheckStatus(resp *http.Response) error {
	if resp.StatusCode < 400 {
		return nil
	}
	o := observe(resp, nil, time.Now(), 0)
	return &StatusError{o.Status, o.Code, o.Hint}
}

// Retryable marks an error as transient: strategies take it for a connection that broke. nil stays nil.
func Retryable(err error) error {
	if err == nil {
		return nil
	}
	return &retryable{err}
}

type retryable struct{ error }

// Unwrap implements what errors.Is and errors.As look for.
func (r *retryable) Unwrap() error { return r.error }

// Is tells strategies that the error is transient.
func (*retryable) Is(target error) bool { return target == strategies.ErrTransient }

package contestants

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ratebench/ratebench/transport"
)

// looping makes a RoundTripper of a library that calls a function again and again and knows nothing of HTTP. It is what
// a user of such a library writes: it says which outcomes are worth another attempt, sends a new body with each, and hands
// back the last answer or error. When the next attempt comes, and whether, is the library's business.
type looping struct {
	name string
	next http.RoundTripper
	// run calls attempt of the rounds for as long as it returns an error and the library wants, and discard before every
	// wait. The error it returns counts only if no outcome is left to hand back.
	run func(ctx context.Context, r *rounds) error
}

// loopingStack is a contestant of a library like that. run is called once for every call.
func loopingStack(name string, run func(ctx context.Context, r *rounds) error) *stack {
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper { return &looping{name, next, run} })
}

// RoundTrip implements http.RoundTripper.
func (l *looping) RoundTrip(req *http.Request) (*http.Response, error) {
	r := &rounds{next: l.next, req: req, worth: worthAnother}
	err := l.run(req.Context(), r)
	if r.held {
		return r.resp, r.err
	}
	if r.n == 0 && req.Body != nil {
		req.Body.Close()
	}
	if cause := context.Cause(req.Context()); cause != nil {
		err = cause // without the library's list of everything before
	}
	return nil, fmt.Errorf("%s: attempt %d of %s was not made: %w", l.name, r.n+1, transport.Target(req), err)
}

// rounds are the attempts of one call. They are for one goroutine.
type rounds struct {
	next http.RoundTripper
	req  *http.Request
	// worth says which outcomes are worth another attempt; run may change it.
	worth func(*http.Response, error) bool
	n     int // attempts made
	// held says that resp and err are the last attempt's and nobody has thrown them away yet.
	held bool
	resp *http.Response
	err  error
}

// attempt makes one more attempt. nil says that it was the last, whatever it ended in; an *again that another one is in
// order.
func (r *rounds) attempt() error {
	r.n++
	send := r.req
	if r.n > 1 {
		var err error
		if send, err = transport.Replay(r.req, r.n); err != nil {
			r.held, r.resp, r.err = true, nil, err
			return nil
		}
	}
	resp, err := r.next.RoundTrip(send)
	r.held, r.resp, r.err = true, resp, err
	if !r.worth(resp, err) || !transport.CanReplay(r.req) || r.req.Context().Err() != nil {
		return nil
	}
	return &again{resp, err}
}

// discard throws the outcome of an attempt away that is repeated, so that its connection is free during the wait.
func (r *rounds) discard() {
	transport.Discard(r.resp)
	r.held, r.resp, r.err = false, nil, nil
}

// again is an attempt's outcome that is worth another one, as an error for the library.
type again struct {
	resp *http.Response
	err  error
}

// Error implements error.
func (a *again) Error() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("the server answered %d", a.resp.StatusCode)
}

// Unwrap returns the transport error, if it was one.
func (a *again) Unwrap() error { return a.err }

// worthAnother reports whether what an attempt ended in may be another outcome next time: no answer, 408, 429, or 5xx but
// for 501.
func worthAnother(resp *http.Response, err error) bool {
	if err != nil {
		return true
	}
	return resp.StatusCode == 408 || resp.StatusCode == 429 || resp.StatusCode >= 500 && resp.StatusCode != 501
}

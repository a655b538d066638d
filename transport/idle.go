package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// IdleTimeout ends an attempt in which for d not a byte has moved, to the service or from it: while a connection is made, while the request is
// sent, until the answer's headers come, and while somebody waits for more of its body. However long an attempt takes as a whole, it lives as
// long as it moves. The error, of RoundTrip or of reading the body, is an *IdleError. d ≤ 0 is no limit.
//
// It goes under Retry and under gates, whose waits are not part of an attempt. A request may be given longer for its headers; see [Patient].
func IdleTimeout(d time.Duration) Layer {
	if d <= 0 {
		return func(next http.RoundTripper) http.RoundTripper { return next }
	}
	return func(next http.RoundTripper) http.RoundTripper { return &idleLayer{next, d} }
}

type patientKey struct{}

// Patient gives the requests of a context at least d until the headers of the answer come, where IdleTimeout gives them less.
func Patient(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patientKey{}, d)
}

// IdleError says that an attempt stood still for too long. It implements net.Error.
type IdleError struct {
	Target string // method, host and path
	After  time.Duration
}

// Error implements error.
func (e *IdleError) Error() string {
	return fmt.Sprintf("transport: nothing moved for %v in %s", e.After, e.Target)
}

// Timeout implements net.Error. It is true.
func (*IdleError) Timeout() bool { return true }

// Temporary implements net.Error. It is true.
func (*IdleError) Temporary() bool { return true }

type idleLayer struct {
	next  http.RoundTripper
	after time.Duration
}

// RoundTrip implements http.RoundTripper.
func (l *idleLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	limit := l.after
	if d, ok := req.Context().Value(patientKey{}).(time.Duration); ok {
		limit = max(limit, d)
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	w := &watch{cancel: cancel, late: &IdleError{Target(req), limit}, limit: limit, last: time.Now(), armed: true}
	w.mu.Lock()
	w.timer = time.AfterFunc(limit, w.look)
	w.mu.Unlock()
	out := req.WithContext(ctx)
	if hasBody(req) {
		out.Body = &watchedBody{req.Body, w}
		if get := req.GetBody; get != nil { // net/http sends it once more when a reused connection turns out to be closed
			out.GetBody = func() (io.ReadCloser, error) {
				body, err := get()
				if err != nil {
					return nil, err
				}
				return &watchedBody{body, w}, nil
			}
		}
	}
	resp, err := l.next.RoundTrip(out)
	if w.rest() { // too late, even if an answer came in that very moment
		if resp != nil && resp.Body != nil {
			resp.Body.Close()
		}
		return nil, w.late
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if _, both := resp.Body.(io.ReadWriteCloser); both { // after 101 Switching Protocols anybody may be silent
		resp.Body = lastUntilClosed(resp.Body, func() { cancel(nil) })
		return resp, nil
	}
	if limit != l.after {
		w.now(l.after, &IdleError{Target(req), l.after})
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &watchedAnswer{resp.Body, w}
	return resp, nil
}

// watch ends an attempt that stands still. What moves only leaves its time here; the one timer looks at it when it runs out, and goes on for
// what is missing.
type watch struct {
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	armed bool // the timer runs
	off   bool // nobody waits for anything
	over  bool // it was ended
	limit time.Duration
	late  *IdleError
	last  time.Time
}

// moved notes that bytes were moved, or that somebody begins to wait for some.
func (w *watch) moved() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = time.Now()
}

// wait begins to watch again after a rest.
func (w *watch) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.off = time.Now(), false
	if !w.armed && !w.over {
		w.armed = true
		w.timer.Reset(w.limit)
	}
}

// rest ends watching for now: how long the caller takes until it reads on is not the service's fault. It says whether the attempt was ended.
func (w *watch) rest() (over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = true
	return w.over
}

// now changes the limit, at a rest.
func (w *watch) now(limit time.Duration, late *IdleError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit, w.late = limit, late
	w.timer.Stop()
	w.armed = false
}

// stop ends watching for good.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = true
	w.timer.Stop()
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	if w.off {
		return
	}
	if left := w.limit - time.Since(w.last); left > 0 {
		w.armed = true
		w.timer.Reset(left)
		return
	}
	w.over = true
	w.cancel(w.late)
}

// watchedBody is the body of a request. The wire reads on when it has got rid of what it has.
type watchedBody struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.watch.moved()
	return n, err
}

// watchedAnswer is the body of an answer.
type watchedAnswer struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedAnswer) Read(p []byte) (int, error) {
	b.watch.wait()
	n, err := b.ReadCloser.Read(p)
	if over := b.watch.rest(); over && err != nil && !errors.Is(err, io.EOF) {
		err = b.watch.late
	}
	return n, err
}

// Close closes the body, then ends the attempt's context.
func (b *watchedAnswer) Close() error {
	err := b.ReadCloser.Close()
	b.watch.stop()
	b.watch.cancel(nil)
	return err
}

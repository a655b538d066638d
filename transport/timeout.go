package transport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// AttemptTimeout ends an attempt whose answer's headers have not come after d; reading the answer's body is not limited. The error is a
// *TimeoutError, which a Retry above may try again, whereas the end of the caller's own context never is. d ≤ 0 is no limit.
//
// It goes under Retry and under gates, whose waits are not part of an attempt. For an upload the headers come after the body
// was sent, so the limit has to allow for that.
func AttemptTimeout(d time.Duration) Layer {
	if d <= 0 {
		return func(next http.RoundTripper) http.RoundTripper { return next }
	}
	return func(next http.RoundTripper) http.RoundTripper { return &timeoutLayer{next, d} }
}

type timeoutLayer struct {
	next  http.RoundTripper
	after time.Duration
}

// TimeoutError says that an attempt took too long. It implements net.Error.
type TimeoutError struct {
	Target string // method, host and path
	After  time.Duration
}

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("transport: no answer to %s within %v", e.Target, e.After)
}

// Timeout implements net.Error. It is true.
func (*TimeoutError) Timeout() bool { return true }

// Temporary implements net.Error. It is true.
func (*TimeoutError) Temporary() bool { return true }

// RoundTrip implements http.RoundTripper.
func (l *timeoutLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	timer := time.AfterFunc(l.after, cancel)
	resp, err := l.next.RoundTrip(req.WithContext(ctx))
	if late := !timer.Stop(); late && req.Context().Err() == nil {
		if resp != nil && resp.Body != nil {
			resp.Body.Close() // it came in the very moment in which its context ended
		}
		return nil, &TimeoutError{Target(req), l.after}
	}
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = lastUntilClosed(resp.Body, cancel)
	return resp, nil
}

// lastUntilClosed keeps an attempt's context until its answer has been read. That of 101 Switching Protocols can be written to.
func lastUntilClosed(body io.ReadCloser, cancel func()) io.ReadCloser {
	if body == nil {
		body = http.NoBody
	}
	if both, ok := body.(io.ReadWriteCloser); ok {
		return &lastingBoth{lasting{body, cancel}, both}
	}
	return &lasting{body, cancel}
}

type lasting struct {
	io.ReadCloser
	cancel func()
}

type lastingBoth struct {
	lasting
	io.Writer
}

// Close closes the body, then ends the context.
func (l *lasting) Close() error {
	err := l.ReadCloser.Close()
	l.cancel()
	return err
}

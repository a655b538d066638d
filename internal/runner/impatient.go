package runner

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// impatient ends an attempt whose answer does not come in time.
type impatient struct {
	next http.RoundTripper
	wait time.Duration
}

// timeoutError is what the caller gets then.
type timeoutError struct{}

func (timeoutError) Error() string   { return "no answer came within the attempt's time" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// RoundTrip implements http.RoundTripper.
func (w *impatient) RoundTrip(req *http.Request) (*http.Response, error) {
	return w.RoundTripAfter(0, req)
}

// CloseIdleConnections goes on to the wire.
func (w *impatient) CloseIdleConnections() { closeIdle(w.next) }

// RoundTripAfter implements delayer.
func (w *impatient) RoundTripAfter(d time.Duration, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	var late atomic.Bool
	t := time.AfterFunc(d+w.wait, func() {
		late.Store(true)
		cancel()
	})
	resp, err := after(d, w.next, req.WithContext(ctx))
	if !t.Stop() && late.Load() && err != nil && req.Context().Err() == nil {
		err = timeoutError{}
	}
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &lasting{resp.Body, cancel}
	return resp, nil
}

// delayer is a wire that can begin later: for a fleet, a wait more or less of each attempt matters.
type delayer interface {
	RoundTripAfter(d time.Duration, req *http.Request) (*http.Response, error)
}

// after sends a request after a wait, which is too short for a way out.
func after(d time.Duration, wire http.RoundTripper, req *http.Request) (*http.Response, error) {
	if late, ok := wire.(delayer); ok {
		return late.RoundTripAfter(d, req)
	}
	time.Sleep(d)
	return wire.RoundTrip(req)
}

// lasting keeps an attempt's context until its answer has been read.
type lasting struct {
	io.ReadCloser
	cancel func()
}

func (l *lasting) Close() error {
	err := l.ReadCloser.Close()
	l.cancel()
	return err
}

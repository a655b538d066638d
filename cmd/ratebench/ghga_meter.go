package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/transport"
)

// meter is a wire that counts how much of the uploads is on its way: what has been sent of requests that have no answer yet. A bar
// that only knew of whole parts would stand still for minutes on a slow line. It also tells of attempts that fail, since the stack above it
// keeps them to itself while it tries again.
type meter struct {
	*http.Transport
	under   atomic.Int64
	trouble func(host, what string) // what is empty when an attempt is answered well
}

// RoundTrip implements http.RoundTripper.
func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.roundTrip(r)
	switch {
	case err == nil && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500):
		m.trouble(r.URL.Host, fmt.Sprint(resp.StatusCode))
	case err == nil:
		m.trouble(r.URL.Host, "")
	case r.Context().Err() == nil, isTimeout(context.Cause(r.Context())):
		m.trouble(r.URL.Host, troubles[runner.ErrorKind(err)])
	}
	return resp, err
}

// isTimeout tells an attempt that the stack has ended from one that the user has.
func isTimeout(err error) bool {
	_, ok := errors.AsType[*transport.IdleError](err)
	return ok
}

// troubles are the kinds of errors as people say them.
var troubles = map[string]string{
	"refused": "connection refused", "reset": "connection reset", "eof": "connection closed", "timeout": "no answer", "canceled": "called off",
	"other": "no connection",
}

func (m *meter) roundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut || r.Body == nil || r.Body == http.NoBody {
		return m.Transport.RoundTrip(r)
	}
	body := &meteredBody{ReadCloser: r.Body, meter: m}
	out := r.WithContext(r.Context()) // a RoundTripper leaves its request as it is
	out.Body = body
	if get := r.GetBody; get != nil { // net/http sends it once more when a reused connection turns out to be closed
		out.GetBody = func() (io.ReadCloser, error) {
			again, err := get()
			if err != nil {
				return nil, err
			}
			return &meteredBody{ReadCloser: again, meter: m, of: body}, nil
		}
	}
	resp, err := m.Transport.RoundTrip(out)
	body.over()
	return resp, err
}

// meteredBody counts what is read of it. of is the first body of the request, in whose name it counts; nil: itself.
type meteredBody struct {
	io.ReadCloser
	meter *meter
	of    *meteredBody
	// read is how much has been counted; negative: it is over.
	read atomic.Int64
}

const meterOver = -1 << 62

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	first := b
	if b.of != nil {
		first = b.of
	}
	if first.read.Add(int64(n)) >= 0 {
		first.meter.under.Add(int64(n))
	}
	return n, err
}

// over takes back what was counted: either the part is brought now, or it is lost.
func (b *meteredBody) over() {
	b.meter.under.Add(-b.read.Swap(meterOver))
}

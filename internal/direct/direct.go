// Package direct is a wire without connections: it calls the server's handler in the client's process. Nothing is encoded
// and nothing is copied, so hundreds of thousands of clients fit into a machine; latency and bandwidth are charged all the
// same. What needs a connection (connection limits, half an answer, TLS) does not exist on it: a connection that a
// fault ends is a lost answer, with the error that TCP would give.
package direct

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// Link is the way that requests and answers take. It is safe for concurrent use.
type Link struct {
	latency   time.Duration
	bandwidth float64 // bytes per second in each direction; zero: unlimited

	mu       sync.Mutex
	up, down time.Time // when what was sent so far in that direction is through
}

// NewLink makes a link with a one-way latency and a bandwidth in bytes per second, which bodies of requests share, and those
// of answers. Zero bandwidth means unlimited.
func NewLink(latency time.Duration, bandwidth int64) *Link {
	return &Link{latency: latency, bandwidth: float64(bandwidth)}
}

// carry returns when n bytes that are handed over now are through. free is the direction they take.
func (l *Link) carry(free *time.Time, n int64) time.Duration {
	if l.bandwidth <= 0 || n <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if free.Before(now) {
		*free = now
	}
	*free = free.Add(time.Duration(float64(n) / l.bandwidth * float64(time.Second)))
	return free.Sub(now)
}

// Wire is a RoundTripper that hands requests to a handler.
type Wire struct {
	Handler http.Handler
	Link    *Link
	// Address is what the server sees as the client's.
	Address string
	// Slot is the client's among so many Slots: its requests arrive in nanoseconds that are Slot modulo Slots. So no two
	// clients' requests arrive in the same instant of virtual time, as with hundreds of thousands of clients some would, and
	// chance would decide which is first. Zero Slots: they arrive at any time.
	Slot, Slots int64
	// Detached lets a client that stops waiting leave a handler that goes on. Without it a handler has to end by itself
	// when its request's context does, which saves a goroutine for each request.
	Detached bool
}

// RoundTrip implements http.RoundTripper, but for one thing: the handler gets the request's header as its own, so the caller
// must not use it any more. The answer's body is complete when it returns.
func (w *Wire) RoundTrip(req *http.Request) (*http.Response, error) {
	return w.RoundTripAfter(0, req)
}

// RoundTripAfter is RoundTrip after a wait: one wait less than if the caller did that.
func (w *Wire) RoundTripAfter(d time.Duration, req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if req.Body != nil {
		defer req.Body.Close()
	}
	// Both ways are charged at once: waiting is what a fleet of hundreds of thousands costs most. The client sees no
	// difference, and for the server everybody comes one latency later.
	if err := sleep(ctx, w.slot(d+2*w.Link.latency)); err != nil {
		return nil, err
	}
	r := req.WithContext(ctx) // a copy
	r.RequestURI, r.RemoteAddr = req.URL.RequestURI(), w.Address
	r.GetBody = nil
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if req.Body != nil && req.Body != http.NoBody {
		r.Body = &body{ReadCloser: req.Body, ctx: ctx, link: w.Link, size: req.ContentLength}
	} else {
		r.Body = http.NoBody
	}
	a := &answer{}
	if w.Detached {
		served := make(chan struct{})
		go func() { // the server waits for it when it is stopped
			defer close(served)
			_ = a.serve(w.Handler, r)
		}()
		select {
		case <-served:
		case <-ctx.Done():
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	} else if err := a.serve(w.Handler, r); err != nil {
		return nil, err
	}
	if ended := a.ended; ended != nil {
		return nil, ended.reason()
	}
	if err := sleep(ctx, w.Link.carry(&w.Link.down, int64(a.body.Len()))); err != nil {
		return nil, err
	}
	return a.response(req), nil
}

// slot makes a wait longer, until the client's next nanosecond.
func (w *Wire) slot(d time.Duration) time.Duration {
	if w.Slots <= 1 {
		return d
	}
	off := (w.Slot - (time.Now().UnixNano()+int64(d))%w.Slots) % w.Slots
	if off < 0 {
		off += w.Slots
	}
	return d + time.Duration(off)
}

// short is a wait that is not worth a way out.
const short = 2 * time.Millisecond

func sleep(ctx context.Context, d time.Duration) error {
	if d > short {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	} else if d > 0 {
		time.Sleep(d)
	}
	return ctx.Err()
}

// body pays for its bytes when the handler begins to read.
type body struct {
	io.ReadCloser
	ctx  context.Context
	link *Link
	size int64
	paid bool
}

func (b *body) Read(p []byte) (int, error) {
	if !b.paid {
		b.paid = true
		if err := sleep(b.ctx, b.link.carry(&b.link.up, b.size)); err != nil {
			return 0, err
		}
	}
	return b.ReadCloser.Read(p)
}

// answer is a response in the making.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	ended  *end // a fault has ended the connection
}

// serve calls the handler and survives its abort, as net/http's server does.
func (a *answer) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			if a.ended == nil {
				a.ended = &end{}
			}
		default:
			panic(v)
		}
	}()
	h.ServeHTTP(a, r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return r.Context().Err()
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// Flush implements http.Flusher. Answers are seen when they are complete.
func (a *answer) Flush() {}

// Hijack implements http.Hijacker, for faults that end connections: what is written then is lost.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if a.ended != nil {
		return nil, nil, http.ErrHijacked
	}
	a.ended = &end{}
	return a.ended, bufio.NewReadWriter(bufio.NewReader(a.ended), bufio.NewWriter(a.ended)), nil
}

func (a *answer) response(req *http.Request) *http.Response {
	return &http.Response{
		Status: fmt.Sprint(a.status, " ", http.StatusText(a.status)), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.Header(), Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: req,
	}
}

// end is what is left of a connection that a fault has taken over.
type end struct{ rst bool }

func (e *end) reason() error {
	if e.rst {
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return io.ErrUnexpectedEOF
}

var errNoConn = errors.New("there is no connection on the direct wire")

func (e *end) Read([]byte) (int, error)         { return 0, io.EOF }
func (e *end) Write(p []byte) (int, error)      { return len(p), nil }
func (e *end) Close() error                     { return nil }
func (e *end) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (e *end) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (e *end) SetDeadline(time.Time) error      { return errNoConn }
func (e *end) SetReadDeadline(time.Time) error  { return errNoConn }
func (e *end) SetWriteDeadline(time.Time) error { return errNoConn }

// SetLinger is how a fault says that the connection is to be reset.
func (e *end) SetLinger(seconds int) error {
	e.rst = seconds == 0
	return nil
}

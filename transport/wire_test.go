package transport

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// wire is a fake RoundTripper: it answers attempt n (from 1) as the test says, and keeps what it saw.
type wire struct {
	answer func(n int, req *http.Request) (*http.Response, error)

	mu     sync.Mutex
	times  []time.Time
	bodies []string
	open   []*body // of the answers given
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	var sent []byte
	if req.Body != nil {
		sent, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	w.mu.Lock()
	w.times = append(w.times, time.Now())
	w.bodies = append(w.bodies, string(sent))
	n := len(w.times)
	w.mu.Unlock()
	resp, err := w.answer(n, req)
	if resp != nil {
		b := &body{Reader: resp.Body}
		resp.Body = b
		w.mu.Lock()
		w.open = append(w.open, b)
		w.mu.Unlock()
	}
	return resp, err
}

// gaps returns the times between attempts.
func (w *wire) gaps() []time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(w.times); i++ {
		gaps = append(gaps, w.times[i].Sub(w.times[i-1]))
	}
	return gaps
}

// unclosed counts answers whose body is open.
func (w *wire) unclosed() int {
	n := 0
	for _, b := range w.open {
		if !b.closed.Load() {
			n++
		}
	}
	return n
}

// body counts what is read of it and notes that it was closed.
type body struct {
	io.Reader
	read   atomic.Int64
	closed atomic.Bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.read.Add(int64(n))
	return n, err
}

func (b *body) Close() error { b.closed.Store(true); return nil }

// status makes an answer; headers come in pairs.
func status(code int, headers ...string) (*http.Response, error) {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader("answer")), ContentLength: 6}, nil
}

// always answers every attempt with a status.
func always(code int, headers ...string) func(int, *http.Request) (*http.Response, error) {
	return func(int, *http.Request) (*http.Response, error) { return status(code, headers...) }
}

// statuses answers attempt n with the n-th status, and all after the last with 200.
func statuses(codes ...int) func(int, *http.Request) (*http.Response, error) {
	return func(n int, _ *http.Request) (*http.Response, error) {
		if n > len(codes) {
			return status(200)
		}
		return status(codes[n-1])
	}
}

func put(t testing.TB, ctx context.Context, content string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://s3.test/bucket/key?X-Amz-Signature=secret", bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// steps is a backoff of 1 s, 2 s, 4 s, … without jitter, for tests that measure time.
type steps struct{ attempts int }

func (s steps) layer() Layer {
	return Retry(func(c *strategies.Call) strategies.Retrier {
		c.Rand = nil
		p := strategies.Policy{
			Attempts: s.attempts, When: strategies.Transient(),
			Backoff: strategies.FullJitter{Of: strategies.Exponential{Base: time.Second, Cap: time.Minute}},
		}
		return p.For(c)
	})
}

func seconds(s ...float64) []time.Duration {
	var d []time.Duration
	for _, s := range s {
		d = append(d, time.Duration(s*float64(time.Second)))
	}
	return d
}

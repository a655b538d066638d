package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// slowBody is a body that waits before each of its bytes.
type slowBody struct {
	ctx   context.Context
	waits []time.Duration
}

func (s *slowBody) Read(p []byte) (int, error) {
	if len(s.waits) == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(s.waits[0]):
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	s.waits = s.waits[1:]
	p[0] = 'x'
	return 1, nil
}

func (s *slowBody) Close() error { return nil }

// drained takes a body byte by byte, with a wait before each, and answers after another.
func drained(each, then time.Duration, waits ...time.Duration) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		wait := func(d time.Duration) error {
			select {
			case <-time.After(d):
				return nil
			case <-req.Context().Done():
				return req.Context().Err()
			}
		}
		for b := make([]byte, 1); req.Body != nil; {
			if err := wait(each); err != nil {
				return nil, err
			}
			if _, err := req.Body.Read(b); err != nil {
				break
			}
		}
		if err := wait(then); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: http.StatusOK, Body: &slowBody{req.Context(), waits}}, nil
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// An attempt lives for as long as it moves, and a minute longer.
func TestIdleTimeout(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		wire       roundTrip
		patient    time.Duration
		reads      time.Duration // the caller's wait between two reads
		ends       time.Duration // since the start; 0: in success
		inAnswer   bool
		afterwards time.Duration
	}{
		"at once":                  {wire: drained(0, 0)},
		"slow, but it moves":       {wire: drained(59*s, 59*s, 59*s, 59*s, 59*s)},
		"no answer":                {wire: drained(0, time.Hour), ends: 60 * s},
		"the peer stops to read":   {wire: drained(time.Hour, 0), ends: 60 * s},
		"no answer to a slow body": {wire: drained(50*s, time.Hour), ends: 310 * s}, // the end of the body is read, too
		"an answer that stops":     {wire: drained(0, 10*s, 59*s, 61*s), ends: 129 * s, inAnswer: true},
		"a caller who sleeps":      {wire: drained(0, 0, 59*s, 59*s), reads: time.Hour},
		"patience":                 {wire: drained(0, 300*s, 59*s), patient: 310 * s},
		"that ends":                {wire: drained(0, time.Hour), patient: 310 * s, ends: 310 * s},
		"that is for headers":      {wire: drained(0, 300*s, 61*s), patient: 310 * s, ends: 360 * s, inAnswer: true},
		"less than anybody's":      {wire: drained(0, 59*s), patient: s},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.patient > 0 {
					ctx = Patient(ctx, c.patient)
				}
				req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://s3.test/key?X-Amz-Signature=secret", strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				resp, err := Stack(c.wire, IdleTimeout(time.Minute)).RoundTrip(req)
				if err == nil {
					defer resp.Body.Close()
					for b := make([]byte, 1); err == nil; {
						time.Sleep(c.reads)
						_, err = resp.Body.Read(b)
					}
					if errors.Is(err, io.EOF) {
						err = nil
					}
				}
				if c.ends == 0 {
					if err != nil {
						t.Errorf("got %v after %v", err, time.Since(start))
					}
					return
				}
				if inAnswer := resp != nil; inAnswer != c.inAnswer || time.Since(start) != c.ends {
					t.Errorf("it ended after %v, with an answer: %v", time.Since(start), inAnswer)
				}
				if _, ok := errors.AsType[*IdleError](err); !ok || strategies.KindOf(err) != strategies.Timeout || strings.Contains(err.Error(), "secret") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// What the caller ends is no timeout, and what stood still is tried again.
func TestIdleTimeoutInAStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://s3.test/key", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Stack(drained(0, time.Hour), IdleTimeout(time.Minute)).RoundTrip(req)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		attempts := 0
		wire := roundTrip(func(req *http.Request) (*http.Response, error) {
			if attempts++; attempts < 3 {
				return drained(0, time.Hour)(req)
			}
			return drained(0, 0)(req)
		})
		start := time.Now()
		resp, err := Stack(wire, GHGARetry(GHGARetryConfig{NumRetries: 3, RetryStatusCodes: []int{503}}), IdleTimeout(time.Minute)).RoundTrip(req.WithContext(t.Context()))
		if err != nil || time.Since(start) != 2*time.Minute {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		resp.Body.Close()
	})
}

package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestGHGAStack(t *testing.T) {
	fail := func(err error) func(int, *http.Request) (*http.Response, error) {
		return func(int, *http.Request) (*http.Response, error) { return nil, err }
	}
	bug := errors.New("bug")
	for _, tt := range []struct {
		name      string
		configure func(*GHGARetryConfig)
		answer    func(int, *http.Request) (*http.Response, error)
		gaps      []time.Duration
		status    int   // of the response, or of the RetryError
		err       error // the transport's, if it is passed on
	}{
		{"success at once", nil, always(200), nil, 200, nil},
		{"not worth it", nil, always(404), nil, 404, nil},
		{"three attempts, 1 s and 2 s", nil, always(503), seconds(1, 2), 503, nil},
		{"503 with a hint that it does not read", nil, always(503, "Retry-After", "30"), seconds(1, 2), 503, nil},
		{"429 with a hint", nil, always(429, "Retry-After", "5"), seconds(5, 5), 429, nil},
		{"429 without a hint", nil, always(429), seconds(1, 2), 429, nil},
		{"429 with a hint of 0", nil, always(429, "Retry-After", "0"), seconds(1, 2), 429, nil},
		{"429 with a negative hint", nil, always(429, "Retry-After", "-1"), seconds(0, 0), 429, nil},
		{"recovers", nil, statuses(500, 502), seconds(1, 2), 200, nil},
		{"the cap", func(c *GHGARetryConfig) { c.NumRetries, c.ExponentialBackoffMax = 6, 4*time.Second }, always(503), seconds(1, 2, 4, 4, 4), 503, nil},
		{"no waits", func(c *GHGARetryConfig) { c.ExponentialBackoffMax = 0 }, always(503), seconds(0, 0), 503, nil},
		{"one try", func(c *GHGARetryConfig) { c.NumRetries = 1 }, always(503), nil, 503, nil},
		{"no try is one", func(c *GHGARetryConfig) { c.NumRetries = 0 }, always(503), nil, 503, nil},
		{"other statuses", func(c *GHGARetryConfig) { c.RetryStatusCodes = []int{404} }, always(404), seconds(1, 2), 404, nil},
		{"status not listed", func(c *GHGARetryConfig) { c.RetryStatusCodes = []int{404} }, always(503), nil, 503, nil},
		{"network error", nil, fail(syscall.ECONNREFUSED), seconds(1, 2), 0, syscall.ECONNREFUSED},
		{"timeout", nil, fail(os.ErrDeadlineExceeded), seconds(1, 2), 0, os.ErrDeadlineExceeded},
		{"early close", nil, fail(io.ErrUnexpectedEOF), seconds(1, 2), 0, io.ErrUnexpectedEOF},
		{"a bug", nil, fail(bug), nil, 0, bug},
		{"cancelled below", nil, fail(context.Canceled), nil, 0, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := DefaultGHGARetry()
				if tt.configure != nil {
					tt.configure(&cfg)
				}
				w := &wire{answer: tt.answer}
				req := put(t, t.Context(), "content")
				req.Method = http.MethodPost // it does not ask whether that is safe
				resp, err := Stack(w, GHGARetry(cfg), GHGARateLimit(DefaultGHGARateLimit())).RoundTrip(req)
				var gaveUp *RetryError
				switch {
				case tt.err != nil:
					if resp != nil || err != tt.err {
						t.Errorf("got %v, %v; want the error %v", resp, err, tt.err)
					}
				case slices.Contains(cfg.RetryStatusCodes, tt.status):
					if resp != nil || !errors.As(err, &gaveUp) || gaveUp.Status != tt.status || gaveUp.Attempts != len(w.times) || w.unclosed() > 0 {
						t.Errorf("got %v, %v; want a RetryError of status %d", resp, err, tt.status)
					}
					if err != nil && (strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "POST s3.test")) {
						t.Errorf("the error reads %q", err)
					}
				case err != nil || resp.StatusCode != tt.status || w.unclosed() != 1:
					t.Errorf("got %v, %v; want %d and only its body open", resp, err, tt.status)
				}
				if !slices.Equal(w.gaps(), tt.gaps) {
					t.Errorf("waited %v, want %v", w.gaps(), tt.gaps)
				}
				for i, b := range w.bodies {
					if b != "content" {
						t.Errorf("attempt %d sent %q", i+1, b)
					}
				}
			})
		})
	}
}

func TestGHGARetryContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start := time.Now()
		w := &wire{answer: always(503)}
		_, err := GHGARetry(DefaultGHGARetry())(w).RoundTrip(put(t, ctx, "x"))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 1500*time.Millisecond || len(w.times) != 2 {
			t.Errorf("%v after %v and %d attempts", err, time.Since(start), len(w.times))
		}
		if w.unclosed() > 0 {
			t.Error("an answer was left open")
		}
	})
}

func TestGHGARetryDoesNotRetryTheCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n := 0
		w := roundTripper(func(req *http.Request) (*http.Response, error) {
			n++
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		if _, err := GHGARetry(DefaultGHGARetry())(w).RoundTrip(put(t, ctx, "x")); err != context.DeadlineExceeded || n != 1 {
			t.Errorf("%v after %d attempts", err, n)
		}
	})
}

func TestGHGARetryWithoutReplay(t *testing.T) {
	w := &wire{answer: always(503)}
	req := put(t, t.Context(), "x")
	req.GetBody = nil
	resp, err := GHGARetry(DefaultGHGARetry())(w).RoundTrip(req)
	if err != nil || resp.StatusCode != 503 || len(w.times) != 1 {
		t.Errorf("%v, %v after %d attempts; want the plain answer", resp, err, len(w.times))
	}
}

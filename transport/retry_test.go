package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryTimes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(int, *http.Request) (*http.Response, error)
		gaps   []time.Duration
		status int
	}{
		{"success at once", always(200), nil, 200},
		{"not worth it", always(404), nil, 404},
		{"backoff", statuses(503, 500, 429), seconds(1, 2, 4), 200},
		{"out of attempts", always(503), seconds(1, 2, 4), 503},
		{"seconds as a floor", always(429, "Retry-After", "3"), seconds(3, 3, 4), 429},
		{"ignored nonsense", always(429, "Retry-After", "-3"), seconds(1, 2, 4), 429},
		{"two lines", always(429, "Retry-After", "9", "Retry-After", "9"), seconds(1, 2, 4), 429},
		// The bubble's clock starts at midnight UTC on 2000-01-01.
		{"a date", statusOnce(503, "Retry-After", "Sat, 01 Jan 2000 00:00:05 GMT"), seconds(5), 200},
		{"a past date", statusOnce(503, "Retry-After", "Fri, 31 Dec 1999 00:00:05 GMT"), seconds(1), 200},
		{"a date by the server's clock", statusOnce(503, "Retry-After", "Tue, 01 Jan 2030 00:00:07 GMT", "Date", "Tue, 01 Jan 2030 00:00:00 GMT"), seconds(7), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: tt.answer}
				resp, err := Stack(w, steps{4}.layer()).RoundTrip(put(t, t.Context(), "content"))
				if err != nil {
					t.Fatal(err)
				}
				got, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != tt.status || string(got) != "answer" {
					t.Errorf("got %d %q, want %d and the whole answer", resp.StatusCode, got, tt.status)
				}
				if !slices.Equal(w.gaps(), tt.gaps) {
					t.Errorf("waited %v, want %v", w.gaps(), tt.gaps)
				}
				for i, b := range w.bodies {
					if b != "content" {
						t.Errorf("attempt %d sent %q", i+1, b)
					}
				}
				if n := w.unclosed(); n > 0 {
					t.Errorf("%d answers were left open", n)
				}
			})
		})
	}
}

func statusOnce(code int, headers ...string) func(int, *http.Request) (*http.Response, error) {
	return func(n int, _ *http.Request) (*http.Response, error) {
		if n == 1 {
			return status(code, headers...)
		}
		return status(200)
	}
}

// The wait counts from the receipt of the answer: what draining takes is part of it.
func TestRetryWaitCountsFromReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp, err := statuses(503)(n, req)
			if n == 1 {
				resp.Body = io.NopCloser(&slowReader{left: 3, each: 200 * time.Millisecond})
			}
			return resp, err
		}}
		resp, err := steps{2}.layer()(w).RoundTrip(put(t, t.Context(), ""))
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		if !slices.Equal(w.gaps(), seconds(1)) {
			t.Errorf("waited %v, want 1s in all", w.gaps())
		}
	})
}

type slowReader struct {
	left int
	each time.Duration
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(r.each)
	r.left--
	return 1, nil
}

func TestRetryStopsBeforeTheDeadline(t *testing.T) {
	for _, tt := range []struct {
		name     string
		deadline time.Duration
		answer   func(int, *http.Request) (*http.Response, error)
		attempts int
		took     time.Duration
	}{
		{"the wait fits", 3500 * time.Millisecond, always(503), 3, 3 * time.Second},
		{"the wait ends on the deadline", 3 * time.Second, always(503), 2, time.Second},
		{"a long hint", 10 * time.Second, always(429, "Retry-After", "3600"), 1, 0},
		{"an endless hint", 10 * time.Second, always(429, "Retry-After", "99999999999999999999"), 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.deadline)
				defer cancel()
				start := time.Now()
				w := &wire{answer: tt.answer}
				resp, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
				if err != nil {
					t.Fatalf("got %v, want the last answer", err)
				}
				if b, err := io.ReadAll(resp.Body); string(b) != "answer" || err != nil {
					t.Errorf("the last answer reads %q, %v", b, err)
				}
				if len(w.times) != tt.attempts || time.Since(start) != tt.took {
					t.Errorf("%d attempts in %v, want %d in %v", len(w.times), time.Since(start), tt.attempts, tt.took)
				}
			})
		})
	}
}

func TestRetryEndlessHintNeverRetriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1000*time.Hour, cancel)
		w := &wire{answer: always(429, "Retry-After", "9223372036854775808")}
		_, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
		if !errors.Is(err, context.Canceled) || len(w.times) != 1 {
			t.Errorf("%d attempts, then %v; want 1 and a wait", len(w.times), err)
		}
	})
}

func TestRetryContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(1500*time.Millisecond, cancel)
		w := &wire{answer: always(503, "Content-Type", "application/xml")}
		resp, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
		if resp != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, %v; want an error that wraps the context's", resp, err)
		}
		if d := time.Since(start); d != 1500*time.Millisecond || len(w.times) != 2 {
			t.Errorf("%d attempts in %v", len(w.times), d)
		}
		for _, want := range []string{"attempt 3", "PUT s3.test/bucket/key", "503"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q tells a signature", err)
		}
		if w.unclosed() > 0 {
			t.Error("an answer was left open")
		}
	})
}

func TestRetryDoesNotAskAfterTheContextEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
		cancel()
		return nil, syscall.ECONNRESET
	}}
	_, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
	if err != syscall.ECONNRESET || len(w.times) != 1 {
		t.Errorf("%d attempts, then %v", len(w.times), err)
	}
}

func TestRetryErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(int, *http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }}
		resp, err := steps{3}.layer()(w).RoundTrip(put(t, t.Context(), "x"))
		if resp != nil || err != syscall.ECONNRESET || !slices.Equal(w.gaps(), seconds(1, 2)) {
			t.Errorf("got %v, %v after %v", resp, err, w.gaps())
		}
	})
}

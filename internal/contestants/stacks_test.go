package contestants

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/transport"
)

// wire answers attempt n (from 1) with a status, and keeps when it was sent, what and with which mark.
type wire struct {
	status func(n int) (code int, retryAfter string)
	times  []time.Time
	bodies []string
	marks  []string
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(req.Body)
	req.Body.Close()
	w.times = append(w.times, time.Now())
	w.bodies = append(w.bodies, string(body))
	w.marks = append(w.marks, req.Header.Get("Mark"))
	code, after := w.status(len(w.times))
	if code == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	h := http.Header{}
	if after != "" {
		h.Set("Retry-After", after)
	}
	return &http.Response{StatusCode: code, Header: h, Body: http.NoBody, Request: req}, nil
}

func (w *wire) gaps() []time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(w.times); i++ {
		gaps = append(gaps, w.times[i].Sub(w.times[i-1]))
	}
	return gaps
}

func stackOf(t *testing.T, name string, with map[string]string, c runner.Client) http.RoundTripper {
	t.Helper()
	made, err := New(name, "", with)
	if err != nil {
		t.Fatal(err)
	}
	return made.(runner.StackContestant).RoundTripper(c)
}

func put(ctx context.Context) *http.Request {
	req, _ := http.NewRequestWithContext(ctx, http.MethodPut, "http://s3.test/b/k?X-Amz-Signature=secret", bytes.NewReader([]byte("part")))
	return req
}

func throttled(int) (int, string) { return 429, "2" }

func TestStacks(t *testing.T) {
	for _, tt := range []struct {
		name string
		with map[string]string
		low  []time.Duration // the shortest and
		high []time.Duration // the longest that each wait may be
	}{
		{"no-retry", nil, nil, nil},
		{"immediate", nil, []time.Duration{0, 0, 0, 0}, []time.Duration{0, 0, 0, 0}},
		{"immediate", map[string]string{"attempts": "2"}, []time.Duration{0}, []time.Duration{0}},
		{"exponential", map[string]string{"attempts": "4"}, []time.Duration{2e9, 2e9, 2e9}, []time.Duration{2e9, 2e9, 2e9}},
		{"exponential", map[string]string{"attempts": "3", "base": "1000s", "cap": "1000s"}, []time.Duration{2e9, 2e9}, []time.Duration{1e12, 1e12}},
		{"ghga-python", nil, []time.Duration{2e9, 2e9}, []time.Duration{2e9, 2e9}},
		{"ghga-python", map[string]string{"num_retries": "2", "per_request_jitter": "1s"}, []time.Duration{2e9}, []time.Duration{3e9}},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{status: throttled}
			rt := stackOf(t, tt.name, tt.with, runner.Client{Wire: w, Rand: rand.New(rand.NewPCG(1, 2))})
			resp, err := rt.RoundTrip(put(t.Context()))
			if tt.name == "ghga-python" {
				if gaveUp := new(transport.RetryError); !errors.As(err, &gaveUp) {
					t.Errorf("%s: %v, %v; want a RetryError", tt.name, resp, err)
				}
			} else if err != nil || resp.StatusCode != 429 {
				t.Errorf("%s: %v, %v; want the last answer", tt.name, resp, err)
			}
			gaps := w.gaps()
			if len(gaps) != len(tt.low) {
				t.Fatalf("%s %v: waited %v", tt.name, tt.with, gaps)
			}
			for i, gap := range gaps {
				if gap < tt.low[i] || gap > tt.high[i] {
					t.Errorf("%s %v: wait %d is %v, want %v to %v", tt.name, tt.with, i+1, gap, tt.low[i], tt.high[i])
				}
			}
		})
	}
}

// The same seed gives the same waits, another one others; and clients share nothing.
func TestStacksRepeatWithTheSeed(t *testing.T) {
	waits := func(seed uint64) (got []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{status: func(int) (int, string) { return 503, "" }}
			rt := stackOf(t, "exponential", nil, runner.Client{Wire: w, Rand: rand.New(rand.NewPCG(seed, 0))})
			rt.RoundTrip(put(t.Context()))
			got = w.gaps()
		})
		return got
	}
	if a := waits(1); !slices.Equal(a, waits(1)) || slices.Equal(a, waits(2)) {
		t.Errorf("seed 1 waits %v and then %v, seed 2 %v", a, waits(1), waits(2))
	}
}

// plan forecasts a wait of one second and numbers its reservations.
type plan struct{ n int }

func (p *plan) Forecast(time.Time, *http.Request) (time.Duration, http.Header) {
	p.n++
	return time.Second, http.Header{"Mark": {strings.Repeat("x", p.n)}}
}

func TestOracle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{status: func(n int) (int, string) { return []int{503, 0, 500, 429, 200}[n-1], "60" }}
		req := put(t.Context())
		resp, err := stackOf(t, "oracle", nil, runner.Client{Wire: w, Forecast: &plan{}}).RoundTrip(req)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		if want := []time.Duration{1e9, 1e9, 1e9, 1e9}; !slices.Equal(w.gaps(), want) {
			t.Errorf("sent after %v, want what the plan says: %v", w.gaps(), want)
		}
		if want := []string{"x", "xx", "xxx", "xxxx", "xxxxx"}; !slices.Equal(w.marks, want) {
			t.Errorf("marked %v", w.marks)
		}
		if slices.ContainsFunc(w.bodies, func(b string) bool { return b != "part" }) {
			t.Errorf("sent %q", w.bodies)
		}
		if req.Header.Get("Mark") != "" {
			t.Error("the caller's request was marked")
		}
	})
}

func TestOracleEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := &wire{status: func(int) (int, string) { return 503, "" }}
		start := time.Now()
		_, err := stackOf(t, "oracle", nil, runner.Client{Wire: w, Forecast: now{}}).RoundTrip(put(ctx))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		// A server that is gone: it must neither spin nor go on for ever.
		w.times = nil
		resp, err := stackOf(t, "oracle", nil, runner.Client{Wire: w, Forecast: now{}}).RoundTrip(put(t.Context()))
		if took := time.Since(start) - time.Second; err != nil || resp.StatusCode != 503 || took < time.Second || took > 3*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if len(w.times) != oracleAttempts {
			t.Errorf("%d attempts, want %d", len(w.times), oracleAttempts)
		}
		// A fault that the plan knows to be for ever is asked once.
		w.times = nil
		if resp, err = stackOf(t, "oracle", nil, runner.Client{Wire: w, Forecast: never{}}).RoundTrip(put(t.Context())); err != nil || resp.StatusCode != 503 {
			t.Errorf("%v, %v", resp, err)
		}
		if len(w.times) != 1 {
			t.Errorf("%d attempts of a request that cannot pass, want 1", len(w.times))
		}
	})
}

type never struct{}

func (never) Forecast(time.Time, *http.Request) (time.Duration, http.Header) { return -1, nil }

type now struct{}

func (now) Forecast(time.Time, *http.Request) (time.Duration, http.Header) { return 0, nil }

func TestOracleStops(t *testing.T) {
	w := &wire{status: func(int) (int, string) { return 404, "" }}
	if resp, err := stackOf(t, "oracle", nil, runner.Client{Wire: w, Forecast: now{}}).RoundTrip(put(t.Context())); err != nil || resp.StatusCode != 404 || len(w.times) != 1 {
		t.Errorf("404: %v, %v after %d attempts", resp, err, len(w.times))
	}
	if _, err := stackOf(t, "oracle", nil, runner.Client{Wire: w}).RoundTrip(put(t.Context())); err == nil || !strings.Contains(err.Error(), "forecast") {
		t.Errorf("without a forecast: %v", err)
	}
}

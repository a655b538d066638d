package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowWire answers attempt n after a time, and heeds its context.
func slowWire(status int, after ...time.Duration) (*wire, http.RoundTripper) {
	var n atomic.Int32
	w := &wire{answer: always(status)}
	return w, roundTripper(func(req *http.Request) (*http.Response, error) {
		i := int(n.Add(1))
		wait := after[min(i, len(after))-1]
		select {
		case <-time.After(wait):
			return w.RoundTrip(req)
		case <-req.Context().Done():
			closeBody(req)
			return nil, req.Context().Err()
		}
	})
}

func TestHedged(t *testing.T) {
	for _, tt := range []struct {
		name  string
		h     Hedging
		code  int
		after []time.Duration
		took  time.Duration
		sent  int // that reached the end
	}{
		{"in time", Hedging{After: 3 * time.Second}, 200, seconds(2), 2 * time.Second, 1},
		{"the copy wins", Hedging{After: 3 * time.Second}, 200, seconds(20, 1), 4 * time.Second, 1},
		{"the first wins", Hedging{After: 3 * time.Second}, 200, seconds(5, 60), 5 * time.Second, 1},
		{"one copy only", Hedging{After: time.Second}, 200, seconds(9, 90, 1), 9 * time.Second, 1},
		{"two copies", Hedging{After: time.Second, Copies: 2}, 200, seconds(9, 90, 1), 3 * time.Second, 1},
		{"all fail", Hedging{After: time.Second}, 503, seconds(9, 3), 9 * time.Second, 2},
		{"no copy after throttling", Hedging{After: 3 * time.Second, Copies: 2}, 429, seconds(4, 5, 1), 8 * time.Second, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, slow := slowWire(tt.code, tt.after...)
				start := time.Now()
				resp, err := Hedged(tt.h)(slow).RoundTrip(put(t, t.Context(), "content"))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(resp.Body); string(got) != "answer" || err != nil {
					t.Errorf("the winner's answer reads %q, %v", got, err)
				}
				resp.Body.Close()
				if took := time.Since(start); took != tt.took || resp.StatusCode != tt.code || len(w.bodies) != tt.sent {
					t.Errorf("%d after %v and %d answers, want %d after %v and %d", resp.StatusCode, took, len(w.bodies), tt.code, tt.took, tt.sent)
				}
				for _, b := range w.bodies {
					if b != "content" {
						t.Errorf("a copy sent %q", b)
					}
				}
				if n := w.unclosed(); n > 0 {
					t.Errorf("%d answers were left open", n)
				}
			})
		})
	}
}

// What is not idempotent, or cannot be read anew, is sent once.
func TestHedgedOnlyWhatMayBeRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, slow := slowWire(200, seconds(10, 1)...)
		h := Hedged(Hedging{After: time.Second})(slow)
		post := put(t, t.Context(), "x")
		post.Method = http.MethodPost
		once := put(t, t.Context(), "x")
		once.GetBody = nil
		for i, req := range []*http.Request{post, once} {
			start := time.Now()
			resp, err := h.RoundTrip(req)
			if want := seconds(10, 1)[i]; err != nil || time.Since(start) != want {
				t.Errorf("%s: %v after %v, want %v", req.Method, err, time.Since(start), want)
			}
			resp.Body.Close()
		}
	})
}

// Without After, the delay is the 95th percentile of what answers took; and copies stay a tenth.
func TestHedgedLearns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n, sent atomic.Int32
		w := &wire{answer: always(200)}
		slow := roundTripper(func(req *http.Request) (*http.Response, error) {
			sent.Add(1)
			wait := time.Duration(n.Load()%20+1) * 10 * time.Millisecond // 10 to 200 ms
			if n.Load() >= 200 {
				wait = time.Second // and then everything takes long
			}
			select {
			case <-time.After(wait):
				return w.RoundTrip(req)
			case <-req.Context().Done():
				closeBody(req)
				return nil, req.Context().Err()
			}
		})
		h := Hedged(Hedging{})(slow).(*hedgeLayer)
		send := func(times int) {
			for range times {
				resp, err := h.RoundTrip(put(t, t.Context(), "x"))
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				n.Add(1)
			}
		}
		send(200)
		if h.wait < 180*time.Millisecond || h.wait > 200*time.Millisecond {
			t.Errorf("the 95th percentile of 10 to 200 ms is %v", h.wait)
		}
		before := sent.Load()
		send(300)
		if copies := sent.Load() - before - 300; copies < 10 || copies > 45 {
			t.Errorf("%d copies of 300 requests, want at most a tenth and what was saved", copies)
		}
	})
}

func TestHedgedCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, slow := slowWire(200, seconds(100)...)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		resp, err := Hedged(Hedging{After: time.Second, Copies: 3})(slow).RoundTrip(put(t, ctx, "x"))
		if !errors.Is(err, context.DeadlineExceeded) || resp != nil || time.Since(start) != 5*time.Second {
			t.Errorf("%v, %v after %v", resp, err, time.Since(start))
		}
	})
}

func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, slow := slowWire(200, seconds(9, 1)...)
		start := time.Now()
		resp, err := Stack(slow, steps{3}.layer(), AttemptTimeout(2*time.Second)).RoundTrip(put(t, t.Context(), "content"))
		if err != nil || resp.StatusCode != 200 || time.Since(start) != 4*time.Second { // 2 s, the backoff of 1 s, 1 s
			t.Fatalf("%v, %v after %v", resp, err, time.Since(start))
		}
		time.Sleep(time.Minute) // reading the answer is not limited
		if got, err := io.ReadAll(resp.Body); string(got) != "answer" || err != nil {
			t.Errorf("the answer reads %q, %v", got, err)
		}
		resp.Body.Close()
		if n := w.unclosed(); n > 0 {
			t.Errorf("%d answers were left open", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, slow := slowWire(200, seconds(9)...)
		_, err := AttemptTimeout(time.Second)(slow).RoundTrip(put(t, t.Context(), "x"))
		var late *TimeoutError
		if !errors.As(err, &late) || late.After != time.Second || late.Target != "PUT s3.test/bucket/key" {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := AttemptTimeout(time.Second)(slow).RoundTrip(put(t, ctx, "x")); errors.As(err, &late) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller's own end is %v", err)
		}
	})
}

package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A hint holds for its own connection alone, and for so many requests.
func TestGHGAEpic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var sent []time.Duration
		w := roundTripper(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			sent = append(sent, time.Since(start))
			n := len(sent)
			mu.Unlock()
			if n == 1 {
				return status(429, "Retry-After", "5")
			}
			return status(200)
		})
		rt := GHGAEpic(GHGAEpicConfig{Connections: 2, ForgetAfter: 2})(w)
		for range 6 { // one after another: they take the two connections in turn
			resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode == 429 && resp.Header.Get(shouldWait) != "" {
				t.Error("a 429 with a hint is marked")
			}
			resp.Body.Close()
		}
		// 1 leaves a hint on the first connection; 2 takes the second; 3 and 5 wait 5 s each on the first, where it is forgotten then.
		if want := seconds(0, 0, 5, 5, 10, 10); !slices.Equal(sent, want) {
			t.Errorf("sent at %v, want %v", sent, want)
		}
	})
}

func TestGHGAEpicPoolsOfSizeOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		w := roundTripper(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return status(200)
		})
		rt := GHGAEpic(GHGAEpicConfig{Connections: 3})(w)
		start := time.Now()
		var wg sync.WaitGroup
		for range 9 {
			wg.Go(func() {
				resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := rt.RoundTrip(put(t, ctx, "x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("no connection is free, and yet %v", err)
		}
		wg.Wait()
		if most != 3 || time.Since(start) != 3*time.Second {
			t.Errorf("%d at a time, nine in %v", most, time.Since(start))
		}
		if l := rt.(*ghgaEpic); len(l.free) != 3 || len(l.waiting) != 0 {
			t.Errorf("%d free, %d wait", len(l.free), len(l.waiting))
		}
	})
}

// The retry layer waits for what has no hint, and its jitter is max'ed with the hint and not added.
func TestGHGAEpicUnderRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 1:
				return status(429)
			case 2:
				return status(429, "Retry-After", "7")
			}
			return status(200)
		}}
		rt := Stack(w, GHGARetry(DefaultGHGARetry()), GHGAEpic(GHGAEpicConfig{Jitter: 7 * time.Second}))
		resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		resp.Body.Close()
		if gaps := w.gaps(); gaps[0] < time.Second || gaps[0] > 8*time.Second || gaps[1] != 7*time.Second {
			t.Errorf("waits %v", gaps)
		}
		w = &wire{answer: always(429, "Retry-After", "Sat, 01 Jan 2000 00:00:05 GMT")}
		if _, err := GHGAEpic(GHGAEpicConfig{})(w).RoundTrip(put(t, t.Context(), "x")); err == nil || w.unclosed() != 0 {
			t.Errorf("a date: %v, %d open", err, w.unclosed())
		}
	})
}

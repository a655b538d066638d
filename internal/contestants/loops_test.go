package contestants

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// grow are waits of base·factor^i, each between low and high times that; the base is no more than longest.
func grow(n int, base time.Duration, factor float64, longest time.Duration, low, high float64) (all []within) {
	cur := float64(base)
	for range n {
		cur = min(cur, float64(longest))
		all = append(all, within{time.Duration(low * cur), time.Duration(high*cur) + 1})
		cur *= factor
	}
	return all
}

func TestCenkalti(t *testing.T) {
	six := grow(6, 500*time.Millisecond, 1.5, time.Minute, 0.5, 1.5)
	seven := map[string]string{"max_tries": "7"}
	testBehaviours(t, "cenkalti-backoff", []behaviour{
		{what: "500", with: seven, say: status(500), waits: six, status: 500},
		{what: "408", with: seven, say: status(408), waits: six, status: 408},
		{what: "501", say: status(501), status: 501},
		{what: "404", say: status(404), status: 404},
		{what: "error", with: seven, say: failure(io.ErrUnexpectedEOF), waits: six, err: "unexpected EOF"},
		{what: "seconds", with: seven, say: status(429, "Retry-After", "100"), waits: exactly(1e11, 1e11, 1e11, 1e11, 1e11, 1e11), status: 429},
		// A hint begins the backoff anew.
		{what: "seconds once", with: map[string]string{"max_tries": "5"}, say: func(n int) answer {
			if n == 3 {
				return answer{status: 503, header: []string{"Retry-After", "7"}}
			}
			return answer{status: 503}
		}, waits: []within{six[0], six[1], {7e9, 7e9}, six[0]}, status: 503},
		{what: "a date", with: seven, say: inSeconds(3*time.Second, 503), waits: six, status: 503},
		{what: "negative", with: seven, say: status(503, "Retry-After", "-5"), waits: six, status: 503},
		{what: "500 and seconds", with: seven, say: status(500, "Retry-After", "100"), waits: six, status: 500},
		// Too long for max_elapsed_time: it does not wait at all.
		{what: "901 s", say: status(503, "Retry-After", "901"), status: 503},
		{what: "overflow", say: status(503, "Retry-After", "99999999999999999999"), status: 503},
		{what: "deadline", timeout: 100 * time.Millisecond, say: status(500), err: "attempt 2 of PUT s3.test/b/k was not made: context deadline exceeded"},
	})
	// For 15 minutes, with a cap of 60 s that its jitter goes beyond.
	synctest.Test(t, func(t *testing.T) {
		longest, start := time.Duration(0), time.Now()
		for range 5 {
			s := &script{say: status(500)}
			if resp, err := stackOf(t, "cenkalti-backoff", nil, testClient(s)).RoundTrip(put(t.Context())); err != nil || resp.StatusCode != 500 {
				t.Errorf("%v, %v", resp, err)
			}
			for _, g := range s.gaps() {
				longest = max(longest, g)
			}
		}
		if took := time.Since(start) / 5; took > 15*time.Minute || took < 12*time.Minute {
			t.Errorf("went on for %v, want nearly 15 minutes", took)
		}
		if longest <= time.Minute || longest > 90*time.Second {
			t.Errorf("the longest wait is %v, want more than a minute and no more than 90 s", longest)
		}
	})
}

func TestAvast(t *testing.T) {
	var nine []within
	for i := range 9 {
		w := 100 * time.Millisecond << i
		nine = append(nine, within{w, w + 100*time.Millisecond - 1})
	}
	testBehaviours(t, "avast-retry-go", []behaviour{
		{what: "500", say: status(500), waits: nine, status: 500},
		{what: "501", say: status(501), status: 501},
		{what: "seconds", say: status(429, "Retry-After", "100"), waits: nine, status: 429},
		{what: "error", say: failure(io.ErrUnexpectedEOF), waits: nine, err: "unexpected EOF"},
		{what: "attempts", with: map[string]string{"attempts": "2"}, say: status(500), waits: nine[:1], status: 500},
		{what: "max_delay", with: map[string]string{"attempts": "3", "max_delay": "150ms", "max_jitter": "0s"}, say: status(500), waits: exactly(1e8, 15e7), status: 500},
		{what: "deadline", timeout: 99 * time.Millisecond, say: status(500), err: "deadline exceeded"},
	})
}

func TestSethvargo(t *testing.T) {
	testBehaviours(t, "sethvargo-go-retry", []behaviour{
		{what: "500", timeout: 20 * time.Second, say: status(500), waits: exactly(1e9, 2e9, 3e9, 5e9, 8e9), err: "attempt 7 of"},
		{what: "501", say: status(501), status: 501},
		{what: "seconds", timeout: 2 * time.Second, say: status(429, "Retry-After", "100"), waits: exactly(1e9), err: "deadline"},
		{what: "max_retries", with: map[string]string{"max_retries": "2"}, say: status(500), waits: exactly(1e9, 2e9), status: 500},
		{what: "error", with: map[string]string{"max_retries": "2"}, say: failure(io.ErrUnexpectedEOF), waits: exactly(1e9, 2e9), err: "unexpected EOF"},
	})
}

func TestGCS(t *testing.T) {
	waits := grow(8, time.Second, 2, 30*time.Second, 0, 1)
	nine := map[string]string{"max_attempts": "9"}
	testBehaviours(t, "gcs", []behaviour{
		{what: "500", with: nine, say: status(500), waits: waits, status: 500},
		{what: "501", with: nine, say: status(501), waits: waits, status: 501}, // all of 5xx
		{what: "408", with: nine, say: status(408), waits: waits, status: 408},
		{what: "404", say: status(404), status: 404},
		{what: "seconds", with: nine, say: status(429, "Retry-After", "100"), waits: waits, status: 429},
		{what: "POST", method: "POST", say: status(503), status: 503},
		{what: "POST always", method: "POST", with: map[string]string{"retry_always": "true", "max_attempts": "2"}, say: status(503), waits: waits[:1], status: 503},
	})
	// Without a bound, until the context ends.
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		s := &script{say: status(503)}
		_, err := stackOf(t, "gcs", nil, testClient(s)).RoundTrip(put(ctx))
		if !errors.Is(err, context.DeadlineExceeded) || len(s.times) < 150 {
			t.Errorf("%v after %d attempts", err, len(s.times))
		}
	})
}

// The rounds that all of them share.
func TestRounds(t *testing.T) {
	once := put(t.Context())
	once.GetBody = nil
	s := &script{say: status(503)}
	resp, err := stackOf(t, "cenkalti-backoff", nil, testClient(s)).RoundTrip(once)
	if err != nil || resp.StatusCode != 503 || len(s.times) != 1 {
		t.Errorf("a body that cannot be had again: %v, %v after %d attempts", resp, err, len(s.times))
	}

	broken := put(t.Context())
	broken.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	s = &script{say: status(503)}
	_, err = stackOf(t, "avast-retry-go", map[string]string{"delay": "0s", "max_jitter": "0s"}, testClient(s)).RoundTrip(broken)
	if err == nil || s.open != 0 {
		t.Errorf("a body that is gone: %v, %d answers open", err, s.open)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	body := &closed{}
	req, _ := http.NewRequestWithContext(ended, http.MethodPut, "http://s3.test/b/k", body)
	s = &script{say: status(200)}
	_, err = stackOf(t, "sethvargo-go-retry", nil, testClient(s)).RoundTrip(req)
	if !errors.Is(err, context.Canceled) || !body.closed || len(s.times) != 0 {
		t.Errorf("after the end of its context: %v, closed %v, %d attempts", err, body.closed, len(s.times))
	}
}

// closed is an empty body that knows whether it was closed.
type closed struct{ closed bool }

// Read implements io.Reader.
func (c *closed) Read([]byte) (int, error) { return 0, io.EOF }

// Close implements io.Closer.
func (c *closed) Close() error { c.closed = true; return nil }

// A wait is never negative, and there is one only for digits.
func FuzzWholeSeconds(f *testing.F) {
	for _, s := range []string{"", "0", "7", "-5", "+5", "1.5", "10000000000", "99999999999999999999", " 3", "Fri, 31 Dec 1999 23:59:59 GMT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		resp := &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {s}}}
		d, ok := wholeSeconds(resp)
		digits := s != "" && strings.Trim(s, "0123456789") == ""
		if ok != digits || d < 0 || d > maxSeconds*time.Second || d%time.Second != 0 {
			t.Errorf("%q: %v, %v", s, d, ok)
		}
		resp.StatusCode = 500
		if _, ok := wholeSeconds(resp); ok {
			t.Error("a 500 was asked for its Retry-After")
		}
	})
}

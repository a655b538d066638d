package transport

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// GHGARateLimitConfig has the settings of ghga-service-commons' AsyncRateLimitingTransport. The zero value is not its
// default; see DefaultGHGARateLimit.
type GHGARateLimitConfig struct {
	// PerRequestJitter (per_request_jitter) widens the wait before every request.
	PerRequestJitter time.Duration
	// RetryAfterApplicableForNumRequests (retry_after_applicable_for_num_requests) is after how many answers other than
	// 429 a stored wait is forgotten. At least 1; 0 is taken as 1.
	RetryAfterApplicableForNumRequests int
	// Rand draws the jitter. The layer guards it with a lock of its own; nil: the runtime's source.
	Rand *rand.Rand
}

// DefaultGHGARateLimit returns the Python package's defaults: no jitter, a wait forgotten after one answer.
func DefaultGHGARateLimit() GHGARateLimitConfig {
	return GHGARateLimitConfig{RetryAfterApplicableForNumRequests: 1}
}

// shouldWait marks a 429 without a usable Retry-After for the retry layer above.
const shouldWait = "Should-Wait"

func markShouldWait(resp *http.Response) {
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	resp.Header[shouldWait] = []string{"true"}
}

// GHGARateLimit is the AsyncRateLimitingTransport of ghga-service-commons 7, to the letter, its flaws included. It is a
// contestant; for a service of your own take something else.
//
// It remembers the Retry-After of the last 429 and sleeps out what is left of it before every request, whatever the
// host. Kept on purpose:
//
//   - Only 429 counts; Retry-After on 503 is not read.
//   - A sleeper does not look again: a newer 429 does not hold those who sleep already, and they wake together.
//   - The number of answers counts those to requests sent before the 429 too, so with the default of 1 any answer that
//     was in flight erases the wait.
//   - Retry-After is read as Python's float(): fractions and a negative number are taken, while an HTTP-date (or two
//     header lines) is an error that ends the call.
//   - No upper bound and no look at the caller's deadline. The end of the context does end the sleep.
//
// Source: ghga-de/ghga-service-commons 7.0.5, transports/ratelimiting.py.
func GHGARateLimit(cfg GHGARateLimitConfig) Layer {
	seeds := &seeder{rnd: cfg.Rand}
	return func(next http.RoundTripper) http.RoundTripper {
		return &ghgaRateLimit{next: next, cfg: cfg, rnd: seeds}
	}
}

type ghgaRateLimit struct {
	next http.RoundTripper
	cfg  GHGARateLimitConfig
	rnd  *seeder

	mu   sync.Mutex    // Python's event loop needs none
	n    int           // answers since the last 429 or the last reset
	wait time.Duration // as the last 429 asked
	last time.Time     // when it came
}

// RoundTrip implements http.RoundTripper.
func (l *ghgaRateLimit) RoundTrip(req *http.Request) (*http.Response, error) {
	if d := l.delay(); d > 0 {
		if err := sleep(req.Context(), d, nil); err != nil {
			closeBody(req)
			return nil, fmt.Errorf("transport: the context ended while %s waited for the rate limit: %w", Target(req), err)
		}
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	if err := l.note(resp); err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("transport: %s: %w", Target(req), err)
	}
	return resp, nil
}

// delay draws from U(rem, J) if less than the jitter J is left of the wait, else from U(rem, rem+J).
func (l *ghgaRateLimit) delay() time.Duration {
	l.mu.Lock()
	wait, last := l.wait, l.last
	l.mu.Unlock()
	var rem time.Duration
	if wait > 0 {
		rem = max(0, wait-time.Since(last))
	}
	jitter := l.cfg.PerRequestJitter
	if jitter <= 0 {
		return rem
	}
	width := jitter
	if rem < jitter {
		width = jitter - rem
	}
	d := rem + time.Duration(l.rnd.float64()*float64(width))
	if d < rem {
		return math.MaxInt64
	}
	return d
}

// note updates the shared state with an answer.
func (l *ghgaRateLimit) note(resp *http.Response) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	if resp.StatusCode != http.StatusTooManyRequests {
		if l.n >= l.cfg.RetryAfterApplicableForNumRequests {
			l.wait, l.n = 0, 0
		}
		return nil
	}
	var wait time.Duration
	if values := resp.Header["Retry-After"]; len(values) > 0 {
		seconds, err := pythonFloat(strings.Join(values, ", "))
		if err != nil {
			return err
		}
		wait = secondsToDuration(seconds)
	}
	if wait != 0 {
		l.wait, l.last = wait, time.Now()
	} else {
		markShouldWait(resp)
	}
	l.n = 0
	return nil
}

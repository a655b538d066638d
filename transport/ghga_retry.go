package transport

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// GHGARetryConfig has the settings of ghga-service-commons' AsyncRetryTransport, without the client_ prefix. The zero
// value makes one attempt; see DefaultGHGARetry.
type GHGARetryConfig struct {
	// NumRetries (client_num_retries) counts attempts, whatever its name says: 3 is one attempt and two retries, 0 and 1
	// are a single attempt.
	NumRetries int
	// ExponentialBackoffMax (client_exponential_backoff_max) caps the waits of 1 s, 2 s, 4 s, …; 0: no waits.
	ExponentialBackoffMax time.Duration
	// RetryStatusCodes (client_retry_status_codes) are retried whatever the method.
	RetryStatusCodes []int
}

// DefaultGHGARetry returns the Python package's defaults: 3 attempts, waits of up to 60 s, statuses 408, 429, 500, 502,
// 503 and 504.
func DefaultGHGARetry() GHGARetryConfig {
	return GHGARetryConfig{
		NumRetries:            3,
		ExponentialBackoffMax: 60 * time.Second,
		RetryStatusCodes:      []int{408, 429, 500, 502, 503, 504},
	}
}

// RetryError is what GHGARetry returns when its attempts are used up and the last one ended in a status: there is no
// response to look at then.
type RetryError struct {
	Attempts int
	Status   int
	Header   http.Header // of the last answer; its body is closed
}

// Error implements error.
func (e *RetryError) Error() string {
	return fmt.Sprintf("gave up after %d attempts, the last one ended in status %d", e.Attempts, e.Status)
}

// GHGARetry is the AsyncRetryTransport of ghga-service-commons 7 (tenacity underneath), to the letter, its flaws
// included. It is a contestant; it goes over GHGARateLimit.
//
// After attempt k it waits 2^(k-1) s up to the maximum, without jitter; after a 429 that the rate limit layer did not
// mark with Should-Wait, not at all. Kept on purpose:
//
//   - Every method is retried, POST and PATCH as well.
//   - When the attempts are used up, a status is returned as a *RetryError and not as the response, with a single
//     attempt too. A transport error is returned as it is.
//   - Discarded answers are closed unread, which costs the connection that they came on, as httpx does it.
//   - The caller's deadline is not looked at before a wait; its end does end the wait, and is never retried.
//
// Errors retried are those of kind Timeout, Network and EarlyClose (httpx: TimeoutException, NetworkError, ProxyError,
// RemoteProtocolError). A request whose body cannot be had again gets one attempt and its plain outcome.
//
// Source: ghga-de/ghga-service-commons 7.0.5, transports/retry.py; jd/tenacity.
func GHGARetry(cfg GHGARetryConfig) Layer {
	cfg.RetryStatusCodes = slices.Clone(cfg.RetryStatusCodes)
	return func(next http.RoundTripper) http.RoundTripper { return &ghgaRetry{next, cfg} }
}

type ghgaRetry struct {
	next http.RoundTripper
	cfg  GHGARetryConfig
}

// RoundTrip implements http.RoundTripper.
func (l *ghgaRetry) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	send := req
	for attempt := 1; ; attempt++ {
		resp, err := l.next.RoundTrip(send)
		if !l.retried(resp, err) || ctx.Err() != nil || !CanReplay(req) {
			return resp, err
		}
		wait := l.wait(attempt, resp)
		if resp != nil && resp.Body != nil {
			resp.Body.Close()
		}
		if attempt >= l.cfg.NumRetries {
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("transport: %s: %w", Target(req),
				&RetryError{Attempts: attempt, Status: resp.StatusCode, Header: resp.Header})
		}
		if err := sleep(ctx, wait, nil); err != nil {
			return nil, fmt.Errorf("transport: the context ended while waiting %v for attempt %d of %s: %w",
				wait, attempt+1, Target(req), err)
		}
		if send, err = Replay(req, attempt+1); err != nil {
			return nil, err
		}
	}
}

func (l *ghgaRetry) retried(resp *http.Response, err error) bool {
	if err == nil {
		return slices.Contains(l.cfg.RetryStatusCodes, resp.StatusCode)
	}
	k := strategies.KindOf(err)
	return k == strategies.Timeout || k == strategies.Network || k == strategies.EarlyClose
}

// wait is what follows attempt k, from 1.
func (l *ghgaRetry) wait(k int, resp *http.Response) time.Duration {
	if resp != nil && resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get(shouldWait) == "" {
		return 0
	}
	if l.cfg.ExponentialBackoffMax <= 0 {
		return 0
	}
	return strategies.Exponential{Base: time.Second, Cap: l.cfg.ExponentialBackoffMax}.Wait(k-1, nil)
}

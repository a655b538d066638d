package contestants

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/ratebench/ratebench/internal/runner"
)

// newCenkalti is cenkalti/backoff around each call. The library has an error for "come back after so many seconds", which
// replaces its wait and begins the backoff anew; it gets one where a Retry-After of whole seconds came with 429 or 503.
func newCenkalti(name string, v values) (runner.Contestant, error) {
	return loopingStack(name, func(ctx context.Context, r *rounds) error {
		b := backoff.NewExponentialBackOff()
		b.InitialInterval, b.MaxInterval = v.duration("initial_interval"), v.duration("max_interval")
		_, err := backoff.Retry(ctx, func() (struct{}, error) {
			err := r.attempt()
			if err == nil {
				return struct{}{}, nil
			}
			if d, ok := wholeSeconds(r.resp); ok {
				err = &backoff.RetryAfterError{Duration: d}
			}
			return struct{}{}, err
		},
			backoff.WithBackOff(b),
			backoff.WithMaxTries(uint(v.count("max_tries"))),
			backoff.WithMaxElapsedTime(v.duration("max_elapsed_time")),
			backoff.WithNotify(func(error, time.Duration) { r.discard() }))
		return err
	}), nil
}

// maxSeconds is 68 years. More does not say more, and would be too much for the library to add to the time gone by.
const maxSeconds = 1 << 31

// wholeSeconds reads the Retry-After of a 429 or 503 if it is a number of seconds. resp may be nil.
func wholeSeconds(resp *http.Response) (time.Duration, bool) {
	if resp == nil || resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	text := resp.Header.Get("Retry-After")
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxSeconds { // all digits, so it is too large
		n = maxSeconds
	}
	return time.Duration(n) * time.Second, true
}

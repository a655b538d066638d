package contestants

import (
	"context"
	"errors"
	"time"

	"github.com/sethvargo/go-retry"

	"github.com/ratebench/ratebench/internal/runner"
)

// newSethvargo is sethvargo/go-retry around each call. It has no defaults but those of its README: Fibonacci from one second,
// for as long as the context lasts.
func newSethvargo(name string, v values) (runner.Contestant, error) {
	base, retries := v.duration("base"), v.count("max_retries")
	if base == 0 {
		return nil, errors.New("base is 0s, which the library does not take: write a longer one, such as 1s")
	}
	return loopingStack(name, func(ctx context.Context, r *rounds) error {
		b := retry.NewFibonacci(base)
		if retries > 0 {
			b = retry.WithMaxRetries(uint64(retries), b)
		}
		discarding := retry.BackoffFunc(func() (time.Duration, bool) {
			wait, stop := b.Next()
			if !stop {
				r.discard()
			}
			return wait, stop
		})
		return retry.Do(ctx, discarding, func(context.Context) error { return retry.RetryableError(r.attempt()) })
	}), nil
}

package contestants

import (
	"context"
	"time"

	"github.com/avast/retry-go/v5"

	"github.com/ratebench/ratebench/internal/runner"
)

// newAvast is avast/retry-go around each call. A retrier keeps the context that it was made with, so each call has one.
func newAvast(name string, v values) (runner.Contestant, error) {
	wait := retry.CombineDelay(retry.BackOffDelay, retry.RandomDelay) // the library's default
	return loopingStack(name, func(ctx context.Context, r *rounds) error {
		return retry.New(
			retry.Context(ctx),
			retry.Attempts(uint(v.count("attempts"))),
			retry.Delay(v.duration("delay")),
			retry.MaxJitter(v.duration("max_jitter")),
			retry.MaxDelay(v.duration("max_delay")),
			// Only this is called when there will be a wait, and not after the last attempt too.
			retry.DelayType(func(n uint, err error, c retry.DelayContext) time.Duration {
				r.discard()
				return wait(n, err, c)
			}),
		).Do(r.attempt)
	}), nil
}

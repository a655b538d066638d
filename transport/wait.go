package transport

import (
	"context"
	"time"
)

// sleepUntil waits for a moment or for the end of the context, and returns the context's error in that case. A
// context that has ended wins over a moment that has come, so that a loop without waits ends as well.
func sleepUntil(ctx context.Context, at time.Time) error {
	return sleep(ctx, time.Until(at), nil)
}

// sleep waits for d, for changed to be closed, or for the end of the context. d ≤ 0 is no wait, unless there is
// something to be told: then there is no limit to it.
func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var timeout <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		timeout = timer.C
	} else if changed == nil {
		return nil
	}
	select {
	case <-timeout:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

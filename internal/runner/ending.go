package runner

import (
	"context"
	"time"
)

// Why the context of a trial's clients has ended. errors.Is takes both for context.Canceled: net/http hands the cause on
// in place of it, and contestants know that one.
var (
	// ErrOver says that the trial's planned time is over. What is under way then is cut off, which is nobody's failure.
	ErrOver error = ending("the trial's time is over")
	// ErrTimeout says that the trial has taken too long. Whoever is under way then has failed.
	ErrTimeout error = ending("the trial ran into its timeout")
)

type ending string

func (e ending) Error() string        { return string(e) }
func (e ending) Is(target error) bool { return target == context.Canceled }

// Until returns a context that is cancelled at a time because of ErrOver. It has no deadline of its own: the end of a trial
// is no deadline that a user has set, and strategies that look ahead must not see it coming.
func Until(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(time.Until(end), func() { cancel(ErrOver) })
	return ctx, func() {
		timer.Stop()
		cancel(nil)
	}
}

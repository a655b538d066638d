package transport

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Hooks are called around every attempt, in the goroutine that makes it, so they must be quick and safe for concurrent use.
// Either may be nil.
type Hooks struct {
	// Before is called before an attempt is sent. Its Outcome is the one of the attempt before.
	Before func(ctx context.Context, a Attempt)
	// After is called when an attempt has ended and it is decided what follows.
	After func(ctx context.Context, a Attempt)
}

// Attempt is what hooks are told.
type Attempt struct {
	Number  int                // from 1
	Waited  time.Duration      // between the attempt before and this one
	Elapsed time.Duration      // since the call began
	Outcome strategies.Outcome // how it ended; its error may hold more than a log should
	// Retry says that another attempt follows, after Wait.
	Retry bool
	Wait  time.Duration
	// Denied says why none follows although the retrier would have made one: "budget", "deadline" or "body", which cannot be
	// read anew. Empty otherwise.
	Denied string

	req  *http.Request
	name string
}

// Target names what is attempted: method, host and path of a request, and never its query, which may hold a signature; or
// the name given to Do.
func (a Attempt) Target() string {
	if a.req != nil {
		return Target(a.req)
	}
	return a.name
}

// LogHooks logs the state of the retries to l, or to slog.Default() if it is nil: attempts and their successes at level Debug, a retry to
// come at Info, and giving up at Warn; a first answer of 4xx that nobody would retry, such as 404, at Debug. It logs no query, no header
// and no body; errors of the wire go by their kind. A call whose context ends in a wait has nothing logged after that wait began.
func LogHooks(l *slog.Logger) Hooks {
	log := func(ctx context.Context, level slog.Level, msg string, attrs func() []slog.Attr) {
		logger := l
		if logger == nil {
			logger = slog.Default()
		}
		if logger.Enabled(ctx, level) {
			logger.LogAttrs(ctx, level, msg, attrs()...)
		}
	}
	return Hooks{
		Before: func(ctx context.Context, a Attempt) {
			log(ctx, slog.LevelDebug, "attempt begins", func() []slog.Attr {
				return []slog.Attr{slog.String("target", a.Target()), slog.Int("attempt", a.Number), slog.Duration("waited", a.Waited)}
			})
		},
		After: func(ctx context.Context, a Attempt) {
			level, msg := slog.LevelDebug, "attempt succeeded"
			switch {
			case a.Retry:
				level, msg = slog.LevelInfo, "attempt failed, another follows"
			case a.Number == 1 && a.Denied == "" && a.Outcome.Status/100 == 4 && !a.Outcome.Throttled():
				msg = "attempt ended in an answer that is not retried"
			case !a.Outcome.Succeeded():
				level, msg = slog.LevelWarn, "attempt failed, and none follows"
			}
			log(ctx, level, msg, a.attrs)
		},
	}
}

func (a Attempt) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("target", a.Target()), slog.Int("attempt", a.Number), slog.Duration("elapsed", a.Elapsed),
		slog.Duration("took", a.Outcome.Took),
	}
	if a.Outcome.Err != nil {
		attrs = append(attrs, slog.String("error", strategies.KindOf(a.Outcome.Err).String()))
	} else {
		attrs = append(attrs, slog.Int("status", a.Outcome.Status))
	}
	if a.Outcome.Code != "" {
		attrs = append(attrs, slog.String("code", a.Outcome.Code))
	}
	if a.Outcome.Hint.Given {
		attrs = append(attrs, slog.Duration("hint", a.Outcome.Hint.After))
	}
	if a.Retry {
		attrs = append(attrs, slog.Duration("wait", a.Wait))
	}
	if a.Denied != "" {
		attrs = append(attrs, slog.String("denied", a.Denied))
	}
	return attrs
}

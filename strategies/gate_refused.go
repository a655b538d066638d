package strategies

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Why a gate refuses; errors.Is finds them in a Refused.
var (
	ErrOpen      = errors.New("the circuit breaker is open: too many attempts failed")
	ErrThrottled = errors.New("the client throttles itself: the server rejects too much")
	ErrQueueFull = errors.New("too many attempts are waiting already")
	ErrMaxWait   = errors.New("it has waited for as long as it may")
	// ErrTooLate wraps context.DeadlineExceeded, ahead of time.
	ErrTooLate = fmt.Errorf("its turn would come after its deadline: %w", context.DeadlineExceeded)
)

// Refused is the error of a gate that refuses an attempt. Nothing was sent; the attempt may be tried again.
type Refused struct {
	Gate string // which kind of gate
	Why  error  // one of the errors above
	// Until is when it is worth trying again; zero: not known.
	Until time.Time
}

// Error implements error.
func (r *Refused) Error() string {
	text := "strategies: refused by the " + r.Gate + ": " + r.Why.Error()
	if !r.Until.IsZero() {
		text += "; try again after " + r.Until.Format(time.RFC3339Nano)
	}
	return text
}

// Unwrap returns the reason.
func (r *Refused) Unwrap() error { return r.Why }

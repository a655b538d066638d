package contestants

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// breathing is the SDK's adaptive mode, made fit for virtual time. When its limiter is a hair short of a token, it asks for
// a wait that rounds down to 0 ns, and asks again after it. On the real clock some time has gone by then; in virtual time none
// ever does, and the trial stands still. So where it asks twice in one instant, breath goes by. All other waits are the SDK's.
type breathing struct{ *retry.AdaptiveMode }

// breath is enough for any rate of tokens, since the shortage is worth less than 1 ns, and too little to matter.
const breath = time.Microsecond

// GetAttemptToken implements aws.RetryerV2.
func (b breathing) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	return b.AdaptiveMode.GetAttemptToken(&breathingContext{Context: ctx})
}

// breathingContext is a context that sleeps a little when it is asked twice in the same instant for its end. The limiter asks
// once in every wait, after it has set its timer, and for nothing else. It is for one goroutine.
type breathingContext struct {
	context.Context
	last time.Time
}

// Done implements context.Context.
func (c *breathingContext) Done() <-chan struct{} {
	if now := time.Now(); now.Equal(c.last) {
		time.Sleep(breath)
	} else {
		c.last = now
	}
	return c.Context.Done()
}

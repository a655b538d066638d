package strategies

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait before a retry. It is stateless, so one value serves all calls at once.
type Backoff interface {
	// Wait returns the wait before retry n, where 0 is the first retry. It is never negative.
	Wait(n int, rnd *rand.Rand) time.Duration
}

// None never waits. Under a throttle it is a busy loop; it is here as the baseline that shows so.
type None struct{}

// Wait implements Backoff.
func (None) Wait(int, *rand.Rand) time.Duration { return 0 }

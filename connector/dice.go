package connector

import (
	"math/rand/v2"
	"sync"
	"time"
)

// dice draws the jitter of a Connector's pauses. Nil draws from the runtime's source.
type dice struct {
	mu  sync.Mutex
	rnd *rand.Rand
}

// below draws a time from 0 to most, which is more than 0.
func (d *dice) below(most time.Duration) time.Duration {
	if d == nil {
		return rand.N(most)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Duration(d.rnd.Int64N(int64(most)))
}

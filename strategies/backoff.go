package strategies

import (
	"math"
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait before a retry. It is stateless, so one value serves all calls at once; what depends on its
// own earlier waits is a PerCall as well.
type Backoff interface {
	// Wait returns the wait before retry n, where 0 is the first retry. It is never negative. Without a random source it is
	// the upper bound of what chance could give.
	Wait(n int, rnd *rand.Rand) time.Duration
}

// PerCall is a Backoff whose waits depend on those before. ForCall makes one with a memory, for one call and one goroutine.
type PerCall interface {
	Backoff
	ForCall() Backoff
}

// None never waits. Under a throttle it is a busy loop; it is here as the baseline that shows so.
type None struct{}

// Wait implements Backoff.
func (None) Wait(int, *rand.Rand) time.Duration { return 0 }

// Constant waits the same every time, so clients that failed together come back together. The zero value never waits.
type Constant struct{ Base time.Duration }

// Wait implements Backoff.
func (c Constant) Wait(int, *rand.Rand) time.Duration { return max(c.Base, 0) }

const maxDuration = time.Duration(math.MaxInt64)

// capped applies a cap that may be missing.
func capped(d, most time.Duration) time.Duration {
	if most > 0 {
		return min(d, most)
	}
	return d
}

// saturate turns nanoseconds into a duration from zero to the longest.
func saturate(ns float64) time.Duration {
	switch {
	case ns >= math.MaxInt64: // 2^63, as a float
		return maxDuration
	case ns > 0: // not NaN
		return time.Duration(ns)
	}
	return 0
}

// plus adds two waits, neither of which is negative.
func plus(a, b time.Duration) time.Duration {
	if a > maxDuration-b {
		return maxDuration
	}
	return a + b
}

// upTo draws from U(0, most), or returns most without a random source.
func upTo(most time.Duration, rnd *rand.Rand) time.Duration {
	if rnd == nil || most <= 0 {
		return max(most, 0)
	}
	return saturate(rnd.Float64() * float64(most))
}

package strategies

import (
	"math"
	"math/rand/v2"
	"time"
)

// Exponential is min(Cap, Base·Factorⁿ) before retry n, counted from 0, without jitter: put it into FullJitter or
// EqualJitter, or clients that failed together come back together. The zero value never waits.
type Exponential struct {
	Base   time.Duration
	Factor float64       // 0: 2; below 1 is taken as 1
	Cap    time.Duration // 0: none
}

// Wait implements Backoff. It saturates instead of overflowing.
func (e Exponential) Wait(n int, _ *rand.Rand) time.Duration {
	n, base := max(n, 0), max(e.Base, 0)
	if e.Factor != 0 && e.Factor != 2 {
		if base == 0 {
			return 0
		}
		return capped(saturate(float64(base)*math.Pow(max(e.Factor, 1), float64(n))), e.Cap)
	}
	// The same as base·2ⁿ > most, without computing a product that may not fit.
	if base > maxDuration>>n {
		return capped(maxDuration, e.Cap)
	}
	return capped(base<<n, e.Cap)
}

package strategies

import (
	"math/rand/v2"
	"time"
)

// Exponential is exponential backoff with full jitter: U(0, min(Cap, Base·2ⁿ)) before retry n, counted from 0.
//
// The jitter is applied after the cap, so clients that have reached the cap stay spread out; applied before it, they
// would all wait exactly Cap and come back together. Source: AWS Architecture Blog, "Exponential Backoff and Jitter",
// and the FullJitter of its simulator (aws-samples/aws-arch-backoff-simulator).
//
// The zero value never waits.
type Exponential struct {
	Base time.Duration // upper bound of the first wait
	Cap  time.Duration // upper bound of every wait; 0: none
}

// Wait implements Backoff. Without a random source it returns the upper bound, as a backoff without jitter would.
func (e Exponential) Wait(n int, rnd *rand.Rand) time.Duration {
	limit := e.Limit(n)
	if rnd == nil || limit <= 0 {
		return limit
	}
	return time.Duration(rnd.Float64() * float64(limit))
}

// Limit returns min(Cap, Base·2ⁿ), the upper bound of the wait before retry n. It saturates instead of overflowing.
func (e Exponential) Limit(n int) time.Duration {
	most := e.Cap
	if most <= 0 {
		most = maxDuration
	}
	base := max(e.Base, 0)
	// The same as base·2ⁿ > most, without computing a product that may not fit.
	n = max(n, 0)
	if base > most>>n {
		return most
	}
	return base << n
}

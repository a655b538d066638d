package strategies

import (
	"math/rand/v2"
	"time"
)

// FullJitter is U(0, v) for each wait v of another backoff, after its cap: so clients that have reached the cap stay
// spread, where jitter before the cap lets them all wait exactly the cap. Around Exponential it is AWS's "full jitter"
// (AWS Architecture Blog, "Exponential Backoff and Jitter"; aws-samples/aws-arch-backoff-simulator).
//
// Without a random source it waits v. The zero value never waits.
type FullJitter struct{ Of Backoff }

// Wait implements Backoff.
func (j FullJitter) Wait(n int, rnd *rand.Rand) time.Duration { return upTo(waitOf(j.Of, n, rnd), rnd) }

// EqualJitter is v/2 + U(0, v/2) for each wait v of another backoff, after its cap, so never below v/2. Around Exponential
// it is AWS's; Finagle's equalJittered is the same with twice the Base.
//
// Without a random source it waits v. The zero value never waits.
type EqualJitter struct{ Of Backoff }

// Wait implements Backoff.
func (j EqualJitter) Wait(n int, rnd *rand.Rand) time.Duration {
	v := waitOf(j.Of, n, rnd)
	return v/2 + upTo(v-v/2, rnd)
}

// ScaledJitter is v·U(Low, High) for each wait v of another backoff, after its cap, which it may exceed. gRPC A6 scales by
// 0.8 to 1.2, azcore v1.24 by 0.8 to 1.3, cenkalti/backoff v5 by 0.5 to 1.5.
//
// Without a random source it waits v·High. The zero value never waits.
type ScaledJitter struct {
	Of        Backoff
	Low, High float64 // below 0 is taken as 0
}

// Wait implements Backoff.
func (j ScaledJitter) Wait(n int, rnd *rand.Rand) time.Duration {
	low, by := max(j.Low, 0), max(j.High, 0)
	if rnd != nil {
		by = low + rnd.Float64()*(by-low)
	}
	v := float64(waitOf(j.Of, n, rnd))
	return saturate(v * by)
}

func waitOf(b Backoff, n int, rnd *rand.Rand) time.Duration {
	if b == nil {
		return 0
	}
	return b.Wait(n, rnd)
}

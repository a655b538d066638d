package strategies

import (
	"math"
	"math/rand/v2"
	"time"
)

// PollyV2 is Polly's DecorrelatedJitterV2, which is neither of the other decorrelated jitters: with t = n + U(0, 1) and
// f(t) = 2ᵗ·tanh(√(4t)), the wait is (f(t) − f of the retry before)·Base/1.4, then capped. So those who have reached the cap all
// wait exactly Cap.
//
// Source: App-vNext/Polly v8, RetryHelper.DecorrelatedJitterBackoffV2. Without a random source t is n + ½. The zero value
// never waits.
type PollyV2 struct {
	Base time.Duration // the median of the first wait is about this
	Cap  time.Duration // 0: none
}

// Wait implements Backoff. Without a memory it draws the retry before anew; a Policy takes ForCall.
func (p PollyV2) Wait(n int, rnd *rand.Rand) time.Duration {
	seq := &pollyV2{PollyV2: p}
	if n > 0 {
		seq.Wait(n-1, rnd)
	}
	return seq.Wait(n, rnd)
}

// ForCall implements PerCall.
func (p PollyV2) ForCall() Backoff { return &pollyV2{PollyV2: p} }

type pollyV2 struct {
	PollyV2
	prev float64
}

func (p *pollyV2) Wait(n int, rnd *rand.Rand) time.Duration {
	t := float64(max(n, 0)) + 0.5
	if rnd != nil {
		t = float64(max(n, 0)) + rnd.Float64()
	}
	if n > 1023 { // 2ᵗ is no number any more
		return capped(saturate(math.Inf(1)*float64(p.Base)), p.Cap)
	}
	next := math.Exp2(t) * math.Tanh(math.Sqrt(4*t))
	wait := saturate((next - p.prev) * float64(p.Base) / 1.4)
	p.prev = next
	return capped(wait, p.Cap)
}

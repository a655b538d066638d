package strategies

import (
	"math"
	"math/rand/v2"
	"time"
)

// Linear is min(Cap, Base + n·Step) before retry n, counted from 0. The field has two conventions: without a Step it is as
// long as Base (1, 2, 3, …); with one it stands apart from the beginning. The zero value never waits.
type Linear struct {
	Base time.Duration
	Step time.Duration // 0: Base
	Cap  time.Duration // 0: none
}

// Wait implements Backoff.
func (l Linear) Wait(n int, _ *rand.Rand) time.Duration {
	base, step := max(l.Base, 0), max(l.Step, 0)
	if l.Step == 0 {
		step = base
	}
	n = max(n, 0)
	if step > 0 && time.Duration(n) > (maxDuration-base)/step {
		return capped(maxDuration, l.Cap)
	}
	return capped(base+time.Duration(n)*step, l.Cap)
}

// Polynomial is min(Cap, Base·(n+1)^Degree) before retry n, counted from 0: 1 is linear, 2 quadratic. Where others count
// attempts from 0, their first wait is 0 and the rest the same. The zero value never waits.
type Polynomial struct {
	Base   time.Duration
	Degree float64       // below 0 is taken as 0, which is constant
	Cap    time.Duration // 0: none
}

// Wait implements Backoff.
func (p Polynomial) Wait(n int, _ *rand.Rand) time.Duration {
	if p.Base <= 0 {
		return 0
	}
	return capped(saturate(float64(p.Base)*math.Pow(float64(max(n, 0))+1, max(p.Degree, 0))), p.Cap)
}

// Fibonacci waits Base times 1, 1, 2, 3, 5, … or, with SkipFirst, times 1, 2, 3, 5, 8, …: both go by that name (the first
// is that of most texts and of distant, the second that of sethvargo/go-retry). The zero value never waits.
type Fibonacci struct {
	Base      time.Duration
	SkipFirst bool
	Cap       time.Duration // 0: none
}

// Wait implements Backoff.
func (f Fibonacci) Wait(n int, _ *rand.Rand) time.Duration {
	if f.SkipFirst {
		n = min(n, math.MaxInt-1) + 1
	}
	last, next := time.Duration(0), max(f.Base, 0)
	for range n {
		last, next = next, plus(last, next)
		if next == maxDuration || next == 0 {
			break
		}
	}
	return capped(next, f.Cap)
}

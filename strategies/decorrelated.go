package strategies

import (
	"math/rand/v2"
	"time"
)

// Decorrelated is AWS's decorrelated jitter: each wait is min(Cap, U(Base, 3·the wait before)), the first one
// min(Cap, U(Base, 3·Base)). The lower bound is always Base, so waits fall again as well as grow.
//
// Source: Decorr in aws-samples/aws-arch-backoff-simulator. Finagle's backoff of that name is another: FinagleDecorrelated.
// The zero value never waits.
type Decorrelated struct {
	Base time.Duration
	Cap  time.Duration // 0: none
}

// Wait implements Backoff. Without a memory it draws all waits up to the nth anew; a Policy takes ForCall.
func (d Decorrelated) Wait(n int, rnd *rand.Rand) time.Duration { return last(d.ForCall(), n, rnd) }

// ForCall implements PerCall.
func (d Decorrelated) ForCall() Backoff { return &decorrelated{Decorrelated: d, prev: max(d.Base, 0)} }

type decorrelated struct {
	Decorrelated
	prev time.Duration
}

func (d *decorrelated) Wait(_ int, rnd *rand.Rand) time.Duration {
	base := max(d.Base, 0)
	d.prev = capped(plus(base, upTo(max(triple(d.prev)-base, 0), rnd)), d.Cap)
	return d.prev
}

// FinagleDecorrelated is Finagle's Backoff.decorrelatedJittered: Base first, then min(Cap, U(v, 3·v)) of the wait v before.
// The lower bound ratchets up, so waits never fall, and those who have reached the cap stay together.
//
// Source: twitter/finagle, Backoff.scala, DecorrelatedJittered. The zero value never waits.
type FinagleDecorrelated struct {
	Base time.Duration
	Cap  time.Duration // 0: none
}

// Wait implements Backoff. Without a memory it draws all waits up to the nth anew; a Policy takes ForCall.
func (d FinagleDecorrelated) Wait(n int, rnd *rand.Rand) time.Duration {
	return last(d.ForCall(), n, rnd)
}

// ForCall implements PerCall.
func (d FinagleDecorrelated) ForCall() Backoff { return &finagleDecorrelated{FinagleDecorrelated: d} }

type finagleDecorrelated struct {
	FinagleDecorrelated
	prev    time.Duration
	started bool
}

func (d *finagleDecorrelated) Wait(_ int, rnd *rand.Rand) time.Duration {
	if !d.started {
		d.started, d.prev = true, max(d.Base, 0)
	} else {
		d.prev = plus(d.prev, upTo(triple(d.prev)-d.prev, rnd))
	}
	d.prev = capped(d.prev, d.Cap)
	return d.prev
}

func triple(d time.Duration) time.Duration {
	if d > maxDuration/3 {
		return maxDuration
	}
	return 3 * d
}

// last plays a sequence up to wait n. After so many waits it has either come to its cap or long been a lifetime.
func last(b Backoff, n int, rnd *rand.Rand) (wait time.Duration) {
	const enough = 1000
	for i := range min(max(n, 0), enough) + 1 {
		wait = b.Wait(i, rnd)
	}
	return wait
}

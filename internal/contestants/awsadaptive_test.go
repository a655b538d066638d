package contestants

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// freeing is a context that lets time go by when it is asked for its end a thousand times in one instant: who does that
// would do so for ever.
type freeing struct {
	context.Context
	last  time.Time
	times int
	freed *int
}

// Done implements context.Context.
func (c *freeing) Done() <-chan struct{} {
	if now := time.Now(); !now.Equal(c.last) {
		c.last, c.times = now, 0
	}
	if c.times++; c.times >= 1000 {
		*c.freed++
		time.Sleep(breath)
	}
	return c.Context.Done()
}

// traffic sends attempts through an adaptive limiter, of which some are throttled, and returns how long each waited and how
// often one would have waited for ever.
func traffic(t *testing.T, seed uint64, make func() aws.RetryerV2) (waits []time.Duration, stuck int) {
	synctest.Test(t, func(t *testing.T) {
		rnd, r := rand.New(rand.NewPCG(seed, 0)), make()
		for range 60 {
			start := time.Now()
			release, err := r.GetAttemptToken(&freeing{Context: t.Context(), freed: &stuck})
			if err != nil {
				t.Fatal(err)
			}
			waits = append(waits, time.Since(start))
			time.Sleep(time.Duration(rnd.Int64N(int64(200 * time.Millisecond))))
			var ended error
			if rnd.IntN(4) == 0 {
				ended = apiError("SlowDown")
			}
			if err := release(ended); err != nil {
				t.Fatal(err)
			}
		}
	})
	return waits, stuck
}

// The SDK's limiter asks for waits of 0 ns for ever in one instant of virtual time. Ours does not, and all its waits are the SDK's,
// with what it takes to get out of there.
func TestAdaptiveBreathes(t *testing.T) {
	stuck, waited := 0, 0
	seeds := uint64(40)
	if raceEnabled {
		seeds = 6
	}
	for seed := range seeds {
		theirs, n := traffic(t, seed, func() aws.RetryerV2 { return retry.NewAdaptiveMode() })
		ours, m := traffic(t, seed, func() aws.RetryerV2 { return breathing{retry.NewAdaptiveMode()} })
		if m > 0 {
			t.Errorf("seed %d: stood still %d times", seed, m)
		}
		if !slices.Equal(ours, theirs) {
			t.Errorf("seed %d: waited %v, the SDK %v", seed, ours, theirs)
		}
		stuck += n
		for _, w := range theirs {
			if w > 0 {
				waited++
			}
		}
	}
	if stuck == 0 {
		t.Error("the SDK never stood still, so this shows nothing: is it repaired?")
	}
	t.Logf("the SDK's own stands still in %d of %d waits", stuck, waited)
}

// The end of its context ends a wait for a token.
func TestAdaptiveEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := breathing{retry.NewAdaptiveMode()}
		for range 2 { // the first turns the limiter on
			release, err := r.GetAttemptToken(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_ = release(apiError("SlowDown"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := r.GetAttemptToken(ctx); err == nil || time.Since(start) != 100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

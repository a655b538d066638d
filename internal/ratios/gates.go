package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// gates measures how often one gate decides that many goroutines share: an attempt that is let through and done is one
// decision. A mutex alone, as often, is the yardstick.
func gates(_ context.Context, s size) ([]figure, error) {
	const goroutines = 10_000
	var figures []figure
	for _, g := range []struct {
		name string
		gate strategies.Gate
	}{
		{"shared pause", &strategies.SharedPause{}},
		{"token bucket", &strategies.TokenBucket{Rate: 1e12, Burst: 1e9}},
		{"bulkhead", &strategies.Bulkhead{Max: 2 * goroutines}},
		{"breaker", &strategies.Breaker{}},
	} {
		base := shared(goroutines, s.calls, lock{new(sync.Mutex)})
		ours := shared(goroutines, s.calls, g.gate)
		figures = append(figures, figure{
			name: "a " + g.name + " shared by 10,000 goroutines", ours: fmt.Sprintf("%.1f M/s", ours/1e6),
			base: fmt.Sprintf("%.1f M/s a mutex", base/1e6), measured: ours / 1e6, bar: 1, unit: " M decisions/s",
		})
	}
	return figures, nil
}

// shared returns decisions per second.
func shared(goroutines, thousands int, g strategies.Gate) float64 {
	var left atomic.Int64
	left.Store(int64(thousands) * 1000)
	now := time.Now()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			c := &strategies.Call{Key: "host.example"}
			for left.Add(-64) > -64 {
				for range 64 {
					g.Admit(now, c)
					g.Done(now, c, strategies.Outcome{Status: 200, Took: 1})
				}
			}
		})
	}
	wg.Wait()
	return float64(thousands) * 1000 / time.Since(now).Seconds()
}

// lock is a gate that does nothing but lock.
type lock struct{ mu *sync.Mutex }

func (l lock) Admit(time.Time, *strategies.Call) strategies.Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strategies.Verdict{}
}

func (l lock) Done(time.Time, *strategies.Call, strategies.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
}

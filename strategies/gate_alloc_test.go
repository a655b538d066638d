package strategies

import (
	"testing"
	"time"
)

// An attempt that need not wait costs no allocation.
func TestGatesDoNotAllocate(t *testing.T) {
	now := simStart
	for name, g := range map[string]Gate{
		"shared pause":      pausedElsewhere(),
		"token bucket":      &TokenBucket{Rate: 1e9, Burst: 1e6},
		"aimd rate":         &AIMDRate{Start: 1e9, Burst: 1e6},
		"aws cubic":         &AWSCubic{},
		"adaptive throttle": &SREThrottle{},
		"aimd limit":        &AIMDLimit{},
		"vegas limit":       &VegasLimit{},
		"gradient2 limit":   &Gradient2Limit{},
		"breaker":           &Breaker{FailureRatio: 0.5},
		"bulkhead":          &Bulkhead{Max: 10},
		"server limits":     &ServerLimits{},
		"per key":           &PerKey{New: func() Gate { return &Bulkhead{Max: 1} }},
	} {
		c := &Call{Key: "host"}
		n := testing.AllocsPerRun(100, func() {
			now = now.Add(time.Millisecond)
			if v := g.Admit(now, c); !v.Go() {
				t.Fatalf("%s: %+v", name, v)
			}
			g.Done(now, c, Outcome{Status: 200, Took: time.Millisecond})
		})
		if n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

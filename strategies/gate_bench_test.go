package strategies

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkGateShared measures one gate that 10,000 goroutines share: an attempt that is let through and done counts as one
// decision. The bar is a million decisions per second on two cores. The gates never make anybody wait here.
func BenchmarkGateShared(b *testing.B) {
	const goroutines = 10_000
	for _, bm := range []struct {
		name string
		gate Gate
	}{
		{"shared-pause", &SharedPause{}},
		{"shared-pause-elsewhere", pausedElsewhere()},
		{"token-bucket", &TokenBucket{Rate: 1e12, Burst: 1e9}},
		{"bulkhead", &Bulkhead{Max: 2 * goroutines}},
		{"breaker", &Breaker{}},
	} {
		b.Run("gate="+bm.name, func(b *testing.B) {
			var left atomic.Int64
			left.Store(int64(b.N))
			now := time.Now()
			b.ReportAllocs()
			var wg sync.WaitGroup
			for range goroutines {
				wg.Go(func() {
					c := &Call{Key: "host.example"}
					for left.Add(-64) > -64 {
						for range 64 {
							if !bm.gate.Admit(now, c).Go() {
								b.Error("the gate makes somebody wait")
								return
							}
							bm.gate.Done(now, c, Outcome{Status: 200, Took: 1})
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

func pausedElsewhere() Gate {
	g := &SharedPause{}
	g.Done(time.Now(), &Call{Key: "elsewhere"}, Outcome{Hint: Hint{Given: true, After: time.Hour}})
	return g
}

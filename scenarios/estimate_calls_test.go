package scenarios

import (
	"math"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

func TestCallsAreEstimated(t *testing.T) {
	at := func(seconds int, times float64) LoadPoint {
		return LoadPoint{At: units.Duration(time.Duration(seconds) * time.Second), Times: times}
	}
	for _, tt := range []struct {
		name string
		load []LoadPoint
		want float64 // of 10 clients with 2 calls per second each, in 60 s
	}{
		{"even", nil, 1200},
		{"one point", []LoadPoint{at(10, 0.5)}, 600},
		{"up and down", []LoadPoint{at(0, 0), at(30, 2), at(60, 0)}, 1200},
		{"beyond the end", []LoadPoint{at(0, 1), at(120, 3)}, 1800},
		{"after the last", []LoadPoint{at(10, 1), at(20, 2)}, 20 * (10 + 15 + 80)},
	} {
		s := &Scenario{Workload: Workload{
			Kind: KindCalls, Clients: 10, ArrivalRate: 2, Duration: units.Duration(time.Minute), Load: tt.load,
		}}
		if got := s.calls(); math.Abs(got-tt.want) > 1e-6 {
			t.Errorf("%s: %v calls, want %v", tt.name, got, tt.want)
		}
	}
}

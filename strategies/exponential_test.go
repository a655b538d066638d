package strategies

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// fixed yields given numbers in [0, 1) as rand.Float64 reads them.
type fixed []float64

func (f *fixed) Uint64() uint64 {
	v := (*f)[0]
	*f = (*f)[1:]
	return uint64(v * (1 << 53))
}

func TestFullJitterAgainstFixedNumbers(t *testing.T) {
	e := FullJitter{Exponential{Base: 100 * ms, Cap: time.Second}}
	numbers := fixed{0, 0.5, 0.25, 0.75, 0.5, 0.5, 0.9990234375}
	rnd := rand.New(&numbers)
	for i, tt := range []struct {
		n    int
		want time.Duration
	}{
		{0, 0},
		{0, 50 * ms},
		{1, 50 * ms},     // U(0, 200 ms)
		{2, 300 * ms},    // U(0, 400 ms)
		{4, 500 * ms},    // U(0, 1 s): the cap, then the jitter
		{1000, 500 * ms}, // still spread at the cap
		{63, 999023437},  // 0.9990234375 of the cap, in whole nanoseconds
	} {
		if got := e.Wait(tt.n, rnd); got != tt.want {
			t.Errorf("draw %d: Wait(%d) = %v, want %v", i, tt.n, got, tt.want)
		}
	}
}

func TestExponential(t *testing.T) {
	for _, tt := range []struct {
		e    Exponential
		n    int
		want time.Duration
	}{
		{Exponential{}, 0, 0},
		{Exponential{}, 1000, 0},
		{Exponential{Base: 100 * ms, Cap: 10 * time.Second}, 0, 100 * ms},
		{Exponential{Base: 100 * ms, Cap: 10 * time.Second}, 6, 6400 * ms},
		{Exponential{Base: 100 * ms, Cap: 10 * time.Second}, 7, 10 * time.Second},
		{Exponential{Base: 100 * ms, Cap: 10 * time.Second}, -1, 100 * ms},
		{Exponential{Base: 20 * time.Second, Cap: 10 * time.Second}, 0, 10 * time.Second},
		{Exponential{Base: 1}, 62, 1 << 62},
		{Exponential{Base: 1}, 63, math.MaxInt64},
		{Exponential{Base: 3}, 62, math.MaxInt64},
		{Exponential{Base: 100 * ms}, math.MaxInt, math.MaxInt64},
	} {
		if got := tt.e.Wait(tt.n, nil); got != tt.want {
			t.Errorf("%+v.Wait(%d) = %v, want %v", tt.e, tt.n, got, tt.want)
		}
		if got := (FullJitter{tt.e}).Wait(tt.n, nil); got != tt.want {
			t.Errorf("full jitter of %+v, without chance: Wait(%d) = %v, want %v", tt.e, tt.n, got, tt.want)
		}
	}
}

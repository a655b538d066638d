package workloads

import (
	"math"
	"testing"
	"time"
)

// The calls that have come by a time are the integral of the rate.
func TestArrivals(t *testing.T) {
	load := []LoadPoint{{10 * time.Second, 1}, {20 * time.Second, 3}, {30 * time.Second, 0}, {40 * time.Second, 0}, {50 * time.Second, 2}}
	a := newArrivals(2, load, time.Minute)
	rate := func(at float64) float64 { // per second, as the points say
		switch {
		case at < 10:
			return 2
		case at < 20:
			return 2 * (1 + 2*(at-10)/10)
		case at < 30:
			return 2 * 3 * (30 - at) / 10
		case at < 40:
			return 0
		case at < 50:
			return 2 * 2 * (at - 40) / 10
		}
		return 4
	}
	const step = 1e-4
	want, last := 0.0, 0.0
	for n, at := 0, 0.0; ; n++ {
		due, ok := a.time(float64(n) + 0.5)
		if !ok {
			if n < 190 { // 20 + 40 + 30 + 0 + 20 + 40 calls, and half of one
				if total := 150; n != total {
					t.Errorf("%d calls, want %d", n, total)
				}
			}
			return
		}
		for ; at < due.Seconds(); at += step {
			want += rate(at) * step
		}
		if math.Abs(want-(float64(n)+0.5)) > 0.01 {
			t.Fatalf("call %d comes at %v, when %.2f have come", n, due, want)
		}
		if due.Seconds() < last {
			t.Fatalf("call %d comes before the one before", n)
		}
		last = due.Seconds()
	}
}

func TestArrivalsWithoutLoad(t *testing.T) {
	a := newArrivals(0.2, nil, time.Minute)
	for n := range 12 {
		if at, ok := a.time(float64(n) + 0.5); !ok || at != time.Duration(5*n)*time.Second+2500*time.Millisecond {
			t.Errorf("call %d at %v, %v", n, at, ok)
		}
	}
	if at, ok := a.time(12); ok {
		t.Errorf("a call at the end, %v", at)
	}
	if at, ok := newArrivals(1, []LoadPoint{{0, 0}}, time.Minute).time(0.5); ok {
		t.Errorf("a call without any load at %v", at)
	}
}

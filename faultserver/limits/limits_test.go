package limits

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var zero = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// models are made with numbers of the kind that people write.
func models(t *rapid.T) (name string, m Model) {
	rate := rapid.Float64Range(0.5, 200).Draw(t, "rate")
	burst := float64(rapid.IntRange(1, 50).Draw(t, "burst"))
	window := time.Duration(rapid.Int64Range(int64(10*time.Millisecond), int64(10*time.Second)).Draw(t, "window"))
	all := map[string]Model{
		"token bucket":   &TokenBucket{Rate: rate, Burst: burst},
		"gcra":           &GCRA{Rate: rate, Burst: burst},
		"leaky bucket":   &LeakyBucket{Rate: rate, Queue: burst},
		"fixed window":   &FixedWindow{Limit: burst, Window: window, Start: zero.Add(time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "phase")))},
		"sliding window": &SlidingWindow{Limit: burst, Window: window},
		"brownout":       &Brownout{Rate: rate, Burst: burst, Factor: 0.3, Trip: 0.5, Recover: 0.8},
		"neighbour":      &Neighbour{Rate: rate, Burst: burst, Share: 0.9, Period: 5 * time.Second},
	}
	name = rapid.SampledFrom([]string{"token bucket", "gcra", "leaky bucket", "fixed window", "sliding window", "brownout", "neighbour"}).Draw(t, "model")
	return name, all[name]
}

// No model ever admits more than it states, over any interval between two admissions.
func TestNeverMoreThanAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, m := models(t)
		now := zero
		var used []time.Time
		for range rapid.IntRange(50, 400).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(60*time.Millisecond)).Draw(t, "gap")))
			if wait, ok := m.Take(now, 1); ok {
				used = append(used, now.Add(wait))
			} else if wait <= 0 {
				t.Fatalf("%s refuses and names no time to come back", name)
			}
		}
		for i := range used {
			for j := i; j < len(used); j++ {
				span := used[j].Sub(used[i])
				if n := float64(j - i + 1); n > m.Allows(span+time.Microsecond)+1e-6 {
					t.Fatalf("%s: %v units in %v, allowed are %v", name, n, span, m.Allows(span))
				}
			}
		}
	})
}

// Whoever waits as long as a model says is admitted then.
func TestWaitIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, m := models(t)
		if name == "neighbour" || name == "brownout" {
			return // their rates change meanwhile
		}
		now := zero
		for range 200 {
			wait, ok := m.Take(now, 1)
			if ok {
				continue
			}
			now = now.Add(wait)
			if again, ok := m.Take(now, 1); !ok && again > time.Microsecond {
				t.Fatalf("%s: after %v it asks for another %v", name, wait, again)
			}
		}
	})
}

// Reserved units are used at the model's rate.
func TestReserve(t *testing.T) {
	for name, m := range map[string]Reserver{"token bucket": &TokenBucket{Rate: 10, Burst: 3}, "gcra": &GCRA{Rate: 10, Burst: 3}} {
		for i := range 10 {
			want := max(0, time.Duration(i-2)*100*time.Millisecond)
			if got := m.Reserve(zero, 1); (got - want).Abs() > time.Microsecond {
				t.Errorf("%s: the unit %d comes after %v, want %v", name, i, got, want)
			}
		}
	}
}

func TestGrowth(t *testing.T) {
	g := &Growth{First: 10, Step: 5, Ceiling: 30}
	var perSecond []int
	total := 0.0
	for second := range 8 {
		n := 0
		for i := range 100 {
			at := zero.Add(time.Duration(second)*time.Second + time.Duration(i)*10*time.Millisecond)
			if _, ok := g.Take(at, 1); ok {
				n++
				total++
				if allowed := g.Allows(at.Sub(zero)); total > allowed {
					t.Fatalf("%v units after %v, allowed are %v", total, at.Sub(zero), allowed)
				}
			}
		}
		perSecond = append(perSecond, n)
	}
	for i, want := range []int{10, 15, 20, 25, 30, 30, 30, 30} {
		if perSecond[i] != want {
			t.Errorf("second %d admits %d, want %d", i, perSecond[i], want)
		}
	}
	g.Take(zero.Add(time.Hour), 1)
	if limit, _, _ := g.Left(zero.Add(time.Hour)); limit != 10 {
		t.Errorf("after an hour of rest the rate is %v", limit)
	}
}

// Once it is down, a load that it carried before keeps it down; less load lets it recover.
func TestBrownout(t *testing.T) {
	b := &Brownout{Rate: 100, Burst: 10, Factor: 0.5, Trip: 0.4, Recover: 0.8}
	now := zero
	load := func(seconds int, perSecond float64) (admitted float64) {
		for range int(float64(seconds) * perSecond) {
			now = now.Add(time.Duration(float64(time.Second) / perSecond))
			if _, ok := b.Take(now, 1); ok {
				admitted++
			}
		}
		return admitted / float64(seconds)
	}
	if got := load(5, 80); math.Abs(got-80) > 1 {
		t.Errorf("before, %v of 80 per second are admitted", got)
	}
	load(3, 300) // overload
	if got := load(5, 80); math.Abs(got-50) > 3 {
		t.Errorf("browned out, %v of 80 per second are admitted, want 50", got)
	}
	load(3, 20) // relief
	if got := load(5, 80); math.Abs(got-80) > 1 {
		t.Errorf("recovered, %v of 80 per second are admitted", got)
	}
}

func TestMeters(t *testing.T) {
	for name, tt := range map[string]struct {
		m     Meter
		reset time.Duration
	}{
		"token bucket":   {&TokenBucket{Rate: 10, Burst: 5}, 300 * time.Millisecond},
		"gcra":           {&GCRA{Rate: 10, Burst: 5}, 300 * time.Millisecond},
		"fixed window":   {&FixedWindow{Limit: 5, Window: time.Second, Start: zero}, time.Second},
		"sliding window": {&SlidingWindow{Limit: 5, Window: time.Second}, time.Second},
	} {
		for range 3 {
			tt.m.(Model).Take(zero, 1)
		}
		limit, left, reset := tt.m.Left(zero)
		if limit != 5 || math.Abs(left-2) > 1e-6 || (reset-tt.reset).Abs() > time.Microsecond {
			t.Errorf("%s: %v of %v left, reset in %v", name, left, limit, reset)
		}
	}
}

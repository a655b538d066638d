package strategies

import (
	"math"
	"testing"
	"time"
)

func TestAIMDRate(t *testing.T) {
	g := &AIMDRate{Start: 8, Floor: 1, Ceiling: 9, Gain: 4, Interval: 100 * ms}
	ok, slow := Outcome{Status: 200, Took: 50 * ms}, Outcome{Status: 429, Took: 50 * ms}
	now := simStart
	g.Admit(now, &Call{})
	for i, step := range []struct {
		after time.Duration
		o     Outcome
		want  float64
	}{
		{0, ok, 8.5},
		{0, Outcome{Status: 500}, 8.5},
		{0, Outcome{}, 8.5},
		{0, Outcome{Status: 503}, 8.5},
		{0, ok, 8.5 + 4/8.5},
		{0, ok, 9},
		{0, slow, 4.5},
		{0, slow, 4.5},        // of the same burst
		{40 * ms, slow, 4.5},  // sent before the cut
		{20 * ms, slow, 4.5},  // sent after it, but too soon
		{50 * ms, slow, 2.25}, // 110 ms after it
		{time.Second, slow, 1.125},
		{time.Second, slow, 1},       // the floor
		{time.Second, ok, 1},         // the rate is not used up: the bucket is full
		{0, ok, 1},                   // still
		{time.Second / 2, ok, 1 + 4}, // half a token is missing
	} {
		if i == 15 {
			g.Admit(now.Add(time.Second/2), &Call{}) // takes a token
		}
		now = now.Add(step.after)
		if i < 13 {
			g.line.level = 0
		}
		g.Done(now, &Call{}, step.o)
		if got := g.Rate(); math.Abs(got-step.want) > 1e-9 {
			t.Errorf("step %d: a rate of %v, want %v", i, got, step.want)
		}
	}
}

// Without an interval it is the time of sending that tells whether a refusal is news.
func TestAIMDRateCutsOncePerRoundTrip(t *testing.T) {
	g := &AIMDRate{Start: 64}
	for i, step := range []struct {
		at, took time.Duration
		want     float64
	}{
		{0, ms, 32}, {10 * ms, 50 * ms, 32}, {20 * ms, 20 * ms, 32}, {30 * ms, 20 * ms, 16}, {30 * ms, 0, 16}, {31 * ms, 0, 8},
	} {
		g.Done(simStart.Add(step.at), &Call{}, Outcome{Status: 429, Took: step.took})
		if g.Rate() != step.want {
			t.Errorf("step %d: a rate of %v, want %v", i, g.Rate(), step.want)
		}
	}
}

// The rate comes near to what a server takes, and stays near it.
func TestAIMDRateFindsTheLimit(t *testing.T) {
	g := &AIMDRate{Start: 5, Gain: 5}
	server := &TokenBucket{Rate: 40, Burst: 5}
	s := &sim{gate: g}
	accepted, throttled := 0, 0
	s.answer = func(c *simCall) Outcome {
		if server.Admit(s.now, &Call{}).Wait > 0 {
			for w := server.line.queue.first; w != nil; w = server.line.queue.first {
				server.Leave(s.now, w.call)
			}
			throttled++
			return Outcome{Status: 429}
		}
		accepted++
		return Outcome{Status: 200}
	}
	for range 800 {
		s.calls = append(s.calls, &simCall{takes: 20 * ms})
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	took := s.now.Sub(simStart).Seconds()
	if rate := float64(accepted) / took; rate < 25 || rate > 41 || throttled > 40 {
		t.Errorf("%.1f accepted per second over %.0f s, %d throttled", rate, took, throttled)
	}
}

// A rate that rises or falls reaches those who wait already.
func TestAIMDRateReachesThoseWhoWait(t *testing.T) {
	g := &AIMDRate{Start: 1, Gain: 9}
	a, b := &Call{}, &Call{}
	g.Admit(simStart, &Call{})
	v := g.Admit(simStart, a)
	if v.Wait != time.Second || g.Admit(simStart, b).Wait != 2*time.Second {
		t.Fatalf("%+v", v)
	}
	g.Done(simStart, &Call{}, Outcome{Status: 200})
	if !isClosed(v.Changed) {
		t.Fatal("the first was not told that the rate rose")
	}
	if v = g.Admit(simStart, a); v.Wait != 100*ms {
		t.Errorf("a wait of %v", v.Wait)
	}
	g.Done(simStart, &Call{}, Outcome{Status: 429})
	if isClosed(v.Changed) {
		t.Error("it was woken to be told to sleep on")
	}
	if v = g.Admit(simStart.Add(100*ms), a); v.Wait != 100*ms {
		t.Errorf("a wait of %v after the rate fell", v.Wait)
	}
	if !g.Admit(simStart.Add(200*ms), a).Go() {
		t.Error("it waits for ever")
	}
}

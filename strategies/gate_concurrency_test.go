package strategies

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// feed gives samples to an algorithm and returns the limits after each.
func feed(g algorithm, shared *concurrency, samples ...sample) (limits []int) {
	for _, s := range samples {
		shared.slots.limit = g.next(s, nil)
		limits = append(limits, shared.slots.limit)
	}
	return limits
}

func wantLimits(t *testing.T, got []int, want ...int) {
	t.Helper()
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("limits %v, want %v", got, want)
		}
	}
}

func TestAIMDLimit(t *testing.T) {
	g := &AIMDLimit{Min: 4, Max: 22}
	if g.Limit() != 20 {
		t.Errorf("it begins with %d", g.Limit())
	}
	busy, idle, drop, late := sample{ms, 20, false}, sample{ms, 9, false}, sample{ms, 20, true}, sample{5001 * ms, 20, false}
	wantLimits(t, feed(g, &g.shared, busy, busy, busy, idle, drop, late, drop, idle, drop, drop, drop, drop, drop, drop, drop, drop, drop, drop),
		21, 22, 22, 22, 19, 17, 15, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 4)
}

func TestVegasLimit(t *testing.T) {
	g := &VegasLimit{Max: 60}
	if g.Limit() != 20 {
		t.Errorf("it begins with %d", g.Limit())
	}
	at := func(rtt time.Duration) sample { return sample{rtt, 100, false} }
	// With L = 20, d = 1: no load; queues of 0, 2, 3 (= 3d), 6, 10; a drop; a client that is idle.
	wantLimits(t, feed(g, &g.shared,
		at(100*ms), at(100*ms), // 20 is kept, then 26
		at(108*ms),                      // ⌈26·(1−100/108)⌉ = 2: 27
		at(112*ms),                      // ⌈27·(1−100/112)⌉ = 3: kept
		at(125*ms),                      // ⌈27·0.2⌉ = 6: kept
		at(150*ms),                      // ⌈27/3⌉ = 9: 26
		sample{150 * ms, 100, true},     // 25
		sample{100 * ms, 1, false},      // idle
		at(90*ms),                       // a new least
		at(90*ms), at(90*ms), at(90*ms), // 31, 37, 43
		at(90*ms), at(90*ms), at(90*ms)), // 49, 55, the most
		20, 26, 27, 27, 27, 26, 25, 25, 25, 31, 37, 43, 49, 55, 60)
	// At L = 60 the least time is measured anew after 30·60·0.75 samples.
	g.count = 30*60*3/4 - 1
	feed(g, &g.shared, at(500*ms))
	if g.least != 500*ms || g.count != 0 {
		t.Errorf("the least is %v", g.least)
	}
	big := &VegasLimit{bound: 150, least: 100 * ms}
	// d = 2
	wantLimits(t, feed(big, &big.shared, at(100*ms), at(102*ms), at(200*ms)), 162, 164, 162)
}

func TestGradient2Limit(t *testing.T) {
	g := &Gradient2Limit{Min: 2, Max: 50}
	if g.Limit() != 20 {
		t.Errorf("it begins with %d", g.Limit())
	}
	at := func(rtt time.Duration) sample { return sample{rtt, 100, false} }
	// Steady: 20·0.8 + (20 + 4)·0.2 = 20.8, then 21.6, …
	wantLimits(t, feed(g, &g.shared, at(100*ms), at(100*ms), at(100*ms), sample{100 * ms, 1, false}), 20, 21, 22, 22)
	// Ten times as slow: the mean of five is 280 ms, 1.5·280/1000 is below 0.5: 22.4·0.8 + (11.2 + 4)·0.2 = 20.96
	wantLimits(t, feed(g, &g.shared, at(1000*ms)), 20)
	for range 200 {
		g.next(at(1000*ms), nil)
	}
	long := g.long.value
	g.next(at(100*ms), nil)
	if want := (long*(1-2./601) + 100*float64(ms)*2/601) * 0.95; g.long.value != want {
		t.Errorf("the long average is %v, want %v", time.Duration(g.long.value), time.Duration(want))
	}
}

func TestSampleWindow(t *testing.T) {
	var w sampleWindow
	now := simStart
	for i := range 9 {
		if _, ok := w.add(now, sample{time.Duration(i+1) * ms, 5, i == 3}, time.Second); ok {
			t.Error("a window of few samples")
		}
	}
	if _, ok := w.add(now.Add(time.Hour), sample{50 * time.Microsecond, 9, false}, time.Second); ok {
		t.Error("a sample that says nothing")
	}
	now = now.Add(time.Hour)
	if s, ok := w.add(now, sample{11 * ms, 2, false}, time.Second); !ok || s != (sample{56 * ms / 10, 5, true}) {
		t.Errorf("%+v, %v", s, ok)
	}
	for i := range 20 {
		if _, ok := w.add(now.Add(time.Second), sample{ms, i, false}, time.Second); ok {
			t.Error("the next window ends too early")
		}
	}
	if s, ok := w.add(now.Add(time.Second+1), sample{ms, 2, false}, time.Second); !ok || s != (sample{ms, 19, false}) {
		t.Errorf("%+v, %v", s, ok)
	}
}

// Outcomes that say nothing change nothing, and those that say something do.
func TestConcurrencySamples(t *testing.T) {
	for _, tt := range []struct {
		o    Outcome
		want int
	}{
		{Outcome{Status: 200, Took: ms}, 3},
		{Outcome{Status: 200}, 2},
		{Outcome{}, 2},
		{Outcome{Status: 404, Took: ms}, 2},
		{Outcome{Status: 500, Took: ms}, 2},
		{Outcome{Err: context.Canceled, Took: ms}, 2},
		{Outcome{Err: context.DeadlineExceeded, Took: ms}, 1},
		{Outcome{Status: 503, Took: ms}, 1},
		{Outcome{Status: 429, Took: ms}, 1},
	} {
		g := &AIMDLimit{Min: 1, Initial: 2}
		c := &Call{}
		g.Admit(simStart, c)
		g.Done(simStart, c, tt.o)
		if g.Limit() != tt.want {
			t.Errorf("after %+v the limit is %d, want %d", tt.o, g.Limit(), tt.want)
		}
	}
}

// Never more in flight than the limit was at any time since the last of them came.
func TestConcurrencyLimitsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := []interface {
			Gate
			Limit() int
		}{
			&AIMDLimit{Min: 1, Initial: 3, Max: 10},
			&VegasLimit{Initial: 3, Max: 10},
			&Gradient2Limit{Min: 1, Initial: 3, Max: 10, Window: -1},
		}
		g := rapid.SampledFrom(limits).Draw(t, "limit")
		calls, tie := simCalls(t, 60, time.Second)
		s := &sim{gate: g, calls: calls, tie: tie, answer: func(*simCall) Outcome { return trouble(tie) }}
		last := 0
		s.check = func() {
			if s.inFlight > max(g.Limit(), last) {
				t.Fatalf("%d are in flight, %d are allowed", s.inFlight, g.Limit())
			}
			if n := s.in(simWaiting); n > 0 && s.inFlight < g.Limit() {
				t.Fatalf("%d wait with %d in flight of %d", n, s.inFlight, g.Limit())
			}
			last = s.inFlight
		}
		if err := s.run(); err != nil {
			t.Fatal(err)
		}
	})
}

// A server whose delay grows with its queue: Vegas stays near what it does at once, when each decision sees the one before.
func TestVegasFindsTheKnee(t *testing.T) {
	g := &VegasLimit{Initial: 2, Max: 200, Window: 100 * ms}
	rnd := rand.New(rand.NewPCG(1, 1))
	s := &sim{gate: &served{Gate: g, workers: 30}}
	s.gate.(*served).s = s
	for range 1200 {
		s.calls = append(s.calls, &simCall{Call: Call{Rand: rnd}, takes: 50 * ms})
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	if g.Limit() < 25 || g.Limit() > 40 {
		t.Errorf("the limit is %d for 30 workers", g.Limit())
	}
}

// served lets attempts take longer when more than so many are in flight.
type served struct {
	Gate
	s       *sim
	workers int
}

func (g *served) Admit(now time.Time, c *Call) Verdict {
	v := g.Gate.Admit(now, c)
	if v.Go() {
		for _, sc := range g.s.calls {
			if &sc.Call == c {
				sc.takes = 50 * ms * time.Duration(max(g.workers, g.s.inFlight+1)) / time.Duration(g.workers)
			}
		}
	}
	return v
}

package strategies

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSharedPause(t *testing.T) {
	g := &SharedPause{}
	now := time.Unix(1000, 0)
	a, b, other := &Call{Key: "host"}, &Call{Key: "host"}, &Call{Key: "elsewhere"}
	hint := func(d time.Duration) Outcome { return Outcome{Status: 503, Hint: Hint{Given: true, After: d}} }
	if !g.Admit(now, a).Go() {
		t.Error("paused before any hint")
	}
	g.Done(now, a, Outcome{Status: 500})
	g.Done(now, a, hint(0))
	if !g.Admit(now, b).Go() {
		t.Error("paused without being asked to wait")
	}
	g.Done(now, a, hint(2*time.Second))
	v := g.Admit(now.Add(500*time.Millisecond), b)
	if v.Go() || v.Wait != 1500*time.Millisecond || v.Changed != nil {
		t.Errorf("another call with the same key gets %+v", v)
	}
	if !g.Admit(now, other).Go() {
		t.Error("another key is paused too")
	}
	g.Done(now, b, hint(time.Second))
	if v := g.Admit(now.Add(time.Second), a); v.Wait != time.Second {
		t.Errorf("after a shorter hint: %+v", v)
	}
	g.Done(now.Add(time.Second), b, hint(3*time.Second))
	if v := g.Admit(now.Add(time.Second), a); v.Wait != 3*time.Second {
		t.Errorf("after a longer hint: %+v", v)
	}
	if !g.Admit(now.Add(4*time.Second), a).Go() {
		t.Error("paused after the end")
	}
}

// Those who waited come back within the jitter, nobody before the end of the pause.
func TestSharedPauseJitter(t *testing.T) {
	g := &SharedPause{Jitter: 400 * ms}
	g.Done(simStart, &Call{}, Outcome{Hint: Hint{Given: true, After: time.Second}})
	s := &sim{gate: g}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		s.calls = append(s.calls, &simCall{Call: Call{Rand: rnd}, takes: 1})
	}
	s.calls = append(s.calls, &simCall{takes: 1}) // without randomness
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	var sum time.Duration
	for _, c := range s.calls[:1000] {
		at := c.since.Add(-1).Sub(simStart)
		if at < time.Second || at > 1400*ms {
			t.Fatalf("a call comes back after %v", at)
		}
		sum += at
	}
	if mean := sum / 1000; mean < 1180*ms || mean > 1220*ms {
		t.Errorf("they come back after %v in the mean", mean)
	}
	if at := s.calls[1000].since.Add(-1).Sub(simStart); at != time.Second {
		t.Errorf("without randomness it comes back after %v", at)
	}
}

// A pause that grows holds up those who wait already, even if their jitter after the last one has begun.
func TestSharedPauseGrows(t *testing.T) {
	g := &SharedPause{Jitter: 500 * ms}
	hint := Outcome{Hint: Hint{Given: true, After: time.Second}}
	g.Done(simStart, &Call{}, hint)
	s := &sim{gate: g, answer: func(c *simCall) Outcome { return hint }}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		s.calls = append(s.calls, &simCall{Call: Call{Rand: rnd}, takes: 1})
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	// Each that goes orders another second for the others.
	for i, c := range s.admitted[1:] {
		if gap := c.since.Sub(s.admitted[i].since); gap < time.Second {
			t.Fatalf("an attempt goes %v after an answer that asks for a second", gap)
		}
	}
}

func TestSharedPauseCap(t *testing.T) {
	for _, tt := range []struct{ cap, hint, want time.Duration }{
		{0, time.Hour, time.Hour}, {time.Minute, time.Hour, time.Minute}, {time.Minute, time.Second, time.Second}, {0, maxDuration, maxDuration},
	} {
		g := &SharedPause{Cap: tt.cap, Jitter: time.Second}
		g.Done(simStart, &Call{}, Outcome{Hint: Hint{Given: true, After: tt.hint}})
		if v := g.Admit(simStart, &Call{}); v.Wait != tt.want {
			t.Errorf("a wait of %v, want %v", v.Wait, tt.want)
		}
		if v := g.Admit(simStart, &Call{Rand: rand.New(rand.NewPCG(1, 2))}); v.Wait < tt.want-time.Second || v.Wait > 0 && v.Wait-time.Second > tt.want {
			t.Errorf("a wait of %v with jitter", v.Wait)
		}
	}
}

func TestSharedPauseForgetsKeys(t *testing.T) {
	g := &SharedPause{}
	now := simStart
	for i := range 100_000 {
		now = now.Add(ms)
		g.Done(now, &Call{Key: fmt.Sprint(i)}, Outcome{Hint: Hint{Given: true, After: 100 * ms}})
	}
	if len(g.pauses) > 300 {
		t.Errorf("%d keys are kept, 100 are paused", len(g.pauses))
	}
}

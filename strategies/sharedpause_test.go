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
	if v.Go() || v.Wait != 1500*time.Millisecond || v.Changed == nil {
		t.Errorf("another call with the same key gets %+v", v)
	}
	if !g.Admit(now, other).Go() {
		t.Error("another key is paused too")
	}
	g.Done(now, b, hint(time.Second))
	select {
	case <-v.Changed:
		t.Error("a shorter pause was told to those who wait")
	default:
	}
	g.Done(now.Add(time.Second), b, hint(3*time.Second))
	select {
	case <-v.Changed:
	default:
		t.Error("a longer pause was not told to those who wait")
	}
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

// A new pause reaches those who wait for the jitter after the last one.
func TestSharedPauseReachesTheJitter(t *testing.T) {
	g := &SharedPause{Jitter: time.Second}
	hint := Outcome{Hint: Hint{Given: true, After: time.Second}}
	g.Done(simStart, &Call{}, hint)
	c := &Call{Rand: rand.New(rand.NewPCG(1, 2))}
	v := g.Admit(simStart, c)
	for i := range 200 { // sweeps
		g.Done(simStart.Add(1500*ms), &Call{Key: fmt.Sprint(i)}, hint)
	}
	g.Done(simStart.Add(1500*ms), &Call{}, hint)
	if !isClosed(v.Changed) {
		t.Fatal("the new pause is not told")
	}
	if v := g.Admit(simStart.Add(1500*ms), c); v.Wait < time.Second || v.Wait > 2*time.Second {
		t.Errorf("a wait of %v", v.Wait)
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

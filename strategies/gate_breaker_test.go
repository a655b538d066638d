package strategies

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestBreakerOpens says after how many of the outcomes it opens; 0: never.
func TestBreakerOpens(t *testing.T) {
	ok, bad := Outcome{Status: 200, Took: 10 * ms}, Outcome{Status: 500, Took: 10 * ms}
	slow := Outcome{Status: 200, Took: 300 * ms}
	many := func(o Outcome, n int) (all []Outcome) {
		for range n {
			all = append(all, o)
		}
		return all
	}
	mixed := func(parts ...[]Outcome) (all []Outcome) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	ratio := func() *Breaker { return &Breaker{FailureRatio: 0.5, MinCalls: 10, Window: 10 * time.Second} }
	for _, tt := range []struct {
		name     string
		gate     *Breaker
		outcomes []Outcome
		want     int
	}{
		{"five in a row", &Breaker{}, many(bad, 6), 5},
		{"a success between", &Breaker{}, mixed(many(bad, 4), many(ok, 1), many(bad, 6)), 10},
		{"what says nothing does not count", &Breaker{}, mixed(many(bad, 4), many(Outcome{}, 3), many(Outcome{Err: context.Canceled}, 3), many(bad, 2)), 11},
		{"what is a failure", &Breaker{}, []Outcome{{Status: 503}, {Status: 429}, {Err: net.ErrClosed}, {Err: context.DeadlineExceeded}, {Status: 504}}, 5},
		{"what is none", &Breaker{Failures: 1}, []Outcome{{Status: 404}, {Status: 301}, {Status: 412}}, 0},
		{"one of its own", &Breaker{Failures: 1, Failed: func(o Outcome) bool { return o.Status == 404 }}, []Outcome{{Status: 500}, {Status: 404}}, 2},
		{"a ratio", ratio(), mixed(many(ok, 5), many(bad, 5)), 10},
		{"a ratio of too few", ratio(), many(bad, 9), 0},
		{"below the ratio", ratio(), mixed(many(ok, 6), many(bad, 5)), 0},
		{"slow ones", &Breaker{Slow: 200 * ms, SlowRatio: 0.25, MinCalls: 8}, mixed(many(ok, 6), many(slow, 2)), 8},
		{"slow ones without a ratio", &Breaker{Slow: 200 * ms, FailureRatio: 1, MinCalls: 1}, many(slow, 9), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, opened := simStart, 0
			for i, o := range tt.outcomes {
				c := &Call{}
				if !tt.gate.Admit(now, c).Go() {
					break
				}
				now = now.Add(o.Took)
				tt.gate.Done(now, c, o)
				if v := tt.gate.Admit(now, &Call{}); v.Err != nil {
					if opened = i + 1; !errors.Is(v.Err, ErrOpen) {
						t.Error(v.Err)
					}
					break
				}
			}
			if opened != tt.want {
				t.Errorf("it opens after %d, want %d", opened, tt.want)
			}
		})
	}
}

func TestBreakerForgetsOldFailures(t *testing.T) {
	g := &Breaker{FailureRatio: 0.5, MinCalls: 4, Window: 10 * time.Second}
	end := func(at time.Duration, status int) {
		c := &Call{}
		g.Admit(simStart.Add(at), c)
		g.Done(simStart.Add(at), c, Outcome{Status: status})
	}
	for i := range 3 {
		end(time.Duration(i)*time.Second, 500)
	}
	end(11*time.Second, 500)
	if v := g.Admit(simStart.Add(11*time.Second), &Call{}); !v.Go() {
		t.Errorf("failures of more than a window ago count: %v", v.Err)
	}
}

// script is a breaker driven by hand.
type script struct {
	t   *testing.T
	g   *Breaker
	now time.Time
}

func (s *script) admit(want string) *Call {
	s.t.Helper()
	c := &Call{Key: "k"}
	s.again(c, want)
	return c
}

func (s *script) again(c *Call, want string) Verdict {
	s.t.Helper()
	v := s.g.Admit(s.now, c)
	got := "go"
	if r, ok := errors.AsType[*Refused](v.Err); ok {
		got = "refused until " + r.Until.Sub(simStart).String()
	} else if !v.Go() {
		got = "wait " + v.Wait.String()
	}
	if got != want {
		s.t.Errorf("at %v: %s, want %s", s.now.Sub(simStart), got, want)
	}
	return v
}

func (s *script) at(d time.Duration) { s.now = simStart.Add(d) }

var failed, worked = Outcome{Status: 500}, Outcome{Status: 200}

func TestBreakerStates(t *testing.T) {
	s := &script{t, &Breaker{Failures: 1, Open: 2 * time.Second, MaxOpen: 10 * time.Second}, simStart}
	late, older := s.admit("go"), s.admit("go")
	s.g.Done(s.now, s.admit("go"), failed)
	s.admit("refused until 2s")
	// One sent before it opened says that it takes longer.
	s.at(time.Second)
	s.g.Done(s.now, late, Outcome{Status: 503, Took: time.Second, Hint: Hint{Given: true, After: 3 * time.Second}})
	s.admit("refused until 4s")
	s.at(4 * time.Second)
	probe := s.admit("go")
	s.admit("refused until 6s")
	s.g.Done(s.now, probe, failed)
	s.admit("refused until 6s")
	// A probe that was cancelled says nothing, the next one may go.
	s.at(6 * time.Second)
	s.g.Done(s.now, s.admit("go"), Outcome{})
	probe = s.admit("go")
	s.at(7 * time.Second)
	s.g.Done(s.now, probe, worked)
	// Closed; what was sent before does not count.
	s.g.Done(s.now, older, Outcome{Status: 500, Took: 7 * time.Second})
	probe = s.admit("go")
	s.g.Done(s.now, probe, Outcome{Status: 503, Hint: Hint{Given: true, After: time.Hour}})
	s.admit("refused until 17s") // the most
	// A probe that hangs does not hold up the next one for ever.
	s.at(17 * time.Second)
	hangs := s.admit("go")
	s.admit("refused until 27s")
	s.at(27 * time.Second)
	s.g.Done(s.now, s.admit("go"), worked)
	s.admit("go")
	s.g.Done(s.now, hangs, Outcome{Status: 500, Took: 10 * time.Second})
	s.admit("go")
}

func TestBreakerProbes(t *testing.T) {
	s := &script{t, &Breaker{Failures: 1, Probes: 2}, simStart}
	s.g.Done(s.now, s.admit("go"), failed)
	s.at(5 * time.Second)
	a, b := s.admit("go"), s.admit("go")
	s.admit("refused until 10s")
	s.g.Done(s.now, a, worked)
	s.admit("refused until 10s")
	s.g.Done(s.now, b, worked)
	s.admit("go")
}

// With Wait, the first of those who wait is the probe, and the others learn of its result one after another.
func TestBreakerWaits(t *testing.T) {
	s := &script{t, &Breaker{Failures: 1, Wait: true}, simStart}
	s.g.Done(s.now, s.admit("go"), failed)
	a, b, c := &Call{Key: "k"}, &Call{Key: "k"}, &Call{Key: "k"}
	s.again(a, "wait 5s")
	vb := s.again(b, "wait 0s")
	vc := s.again(c, "wait 0s")
	s.at(time.Second)
	s.g.Leave(s.now, a)
	if !isClosed(vb.Changed) || isClosed(vc.Changed) {
		t.Fatal("not the next one was woken, or not only it")
	}
	s.again(b, "wait 4s")
	s.at(5 * time.Second)
	s.again(b, "go")
	if !isClosed(vc.Changed) {
		// It has to learn when the probe is given up.
		s.g.Done(s.now, b, failed)
	} else {
		vc = s.again(c, "wait 5s")
		s.g.Done(s.now, b, failed)
	}
	if !isClosed(vc.Changed) {
		t.Fatal("nobody learns that the probe failed")
	}
	vc = s.again(c, "wait 5s")
	d := &Call{Key: "k"}
	vd := s.again(d, "wait 0s")
	s.at(10 * time.Second)
	s.again(c, "go")
	vd = s.again(d, "wait 5s")
	s.g.Done(s.now, c, worked)
	if !isClosed(vd.Changed) {
		t.Fatal("nobody learns that the probe worked")
	}
	s.again(d, "go")
}

func TestBreakerKeys(t *testing.T) {
	g := &Breaker{Failures: 1, MaxKeys: 3}
	fail := func(key string) {
		c := &Call{Key: key}
		g.Admit(simStart, c)
		g.Done(simStart, c, failed)
	}
	fail("a")
	if !g.Admit(simStart, &Call{Key: "b"}).Go() || g.Admit(simStart, &Call{Key: "a"}).Go() {
		t.Error("the keys are not apart")
	}
	for i := range 100 {
		fail(fmt.Sprint(i))
	}
	if len(g.circuits.of) > 3+1 { // one attempt of b is in flight
		t.Errorf("%d keys are kept", len(g.circuits.of))
	}
	if !g.Admit(simStart, &Call{Key: "a"}).Go() {
		t.Error("a key that was forgotten is open")
	}
	if g.circuits.of["b"] == nil {
		t.Error("a key is forgotten while an attempt is in flight")
	}
}

// While it is open nothing is let through, and then no more than the probes until one is back.
func TestBreakerProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Breaker{Failures: 2, Open: 500 * ms, Probes: rapid.IntRange(1, 3).Draw(t, "probes"), Wait: rapid.Bool().Draw(t, "wait")}
		calls, tie := simCalls(t, 60, 3*time.Second)
		s := &sim{gate: g, calls: calls, tie: tie}
		s.answer = func(*simCall) Outcome {
			if tie.IntN(3) > 0 {
				return failed
			}
			return worked
		}
		went := 0
		s.check = func() {
			n := len(s.admitted) - went
			went = len(s.admitted)
			e := g.circuits.of["host"]
			if e == nil {
				return
			}
			switch k := e.value; k.state {
			case open:
				if n > 0 && s.now.After(k.changed) {
					t.Fatalf("%d go while it is open", n)
				}
			case halfOpen: // takes are shorter than Open, so no probe is given up
				if len(k.probes) > g.Probes {
					t.Fatalf("%d probes at once", len(k.probes))
				}
				if s.in(simWaiting) > 0 && len(k.probes)+k.good == 0 {
					t.Fatal("somebody waits, and nobody probes")
				}
			case closed:
				if s.in(simWaiting) > 0 {
					t.Fatal("somebody waits while it is closed")
				}
			}
		}
		if err := s.run(); err != nil {
			t.Fatal(err)
		}
	})
}

package strategies

import (
	"fmt"
	"testing"
	"time"
)

func TestPerKey(t *testing.T) {
	made := 0
	g := &PerKey{MaxKeys: 2, New: func() Gate { made++; return &Bulkhead{Max: 1, MaxQueue: 1} }}
	a, a2, a3, b := &Call{Key: "a"}, &Call{Key: "a"}, &Call{Key: "a"}, &Call{Key: "b"}
	if !g.Admit(simStart, a).Go() || !g.Admit(simStart, b).Go() || made != 2 {
		t.Fatal("the keys are not apart")
	}
	v := g.Admit(simStart, a2)
	if v.Go() || g.Admit(simStart, a3).Err == nil {
		t.Fatal("a key has no gate")
	}
	// Keys that are held outlast any number of others.
	for i := range 100 {
		c := &Call{Key: fmt.Sprint(i)}
		g.Admit(simStart, c)
		g.Done(simStart, c, Outcome{})
	}
	g.Done(simStart, a, Outcome{})
	if !isClosed(v.Changed) {
		t.Fatal("who waits does not learn of a place")
	}
	g.Leave(simStart, a2)
	g.Leave(simStart, a2)
	if !g.Admit(simStart, a3).Go() {
		t.Fatal("the place of one that left is lost")
	}
	g.Done(simStart, a3, Outcome{})
	g.Done(simStart, b, Outcome{})
	for i := range 3 {
		c := &Call{Key: fmt.Sprint(i)}
		g.Admit(simStart, c)
		g.Done(simStart, c, Outcome{})
	}
	if len(g.gates.of) > 2 || len(g.waiting) != 0 {
		t.Errorf("%d keys are kept, %d attempts wait", len(g.gates.of), len(g.waiting))
	}
}

// Each key has its own rate.
func TestPerKeyRates(t *testing.T) {
	g := &PerKey{New: func() Gate { return &TokenBucket{Rate: 10} }}
	s := &sim{gate: g}
	for i := range 60 {
		s.calls = append(s.calls, &simCall{Call: Call{Key: fmt.Sprint(i % 3)}, takes: 1})
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	if took := s.now.Sub(simStart); (took - 1900*ms).Abs() > time.Microsecond {
		t.Errorf("20 attempts of each key at 10 per second take %v", took)
	}
}

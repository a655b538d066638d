package strategies

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBulkhead(t *testing.T) {
	const sec = time.Second
	for _, tt := range []struct {
		name string
		gate *Bulkhead
		// When each comes and leaves, and when it goes; all take 1 s.
		table []asking
		why   error // of those refused
	}{
		{"no limit", &Bulkhead{}, []asking{{0, 0, 0, 0}, {0, 0, 0, 0}}, nil},
		{"in order", &Bulkhead{Max: 2}, []asking{
			{0, 0, 0, 0}, {500 * ms, 0, 500 * ms, 0}, {600 * ms, 0, sec, 0}, {700 * ms, 0, 1500 * ms, 0}, {1400 * ms, 0, 2 * sec, 0}, {9 * sec, 0, 9 * sec, 0},
		}, nil},
		{"those behind move up", &Bulkhead{Max: 1}, []asking{
			{0, 0, 0, 0}, {1 * ms, 500 * ms, gone, 0}, {2 * ms, 0, sec, 0}, {3 * ms, 1500 * ms, gone, 0}, {4 * ms, 0, 2 * sec, 0},
		}, nil},
		{"a bounded queue", &Bulkhead{Max: 1, MaxQueue: 1}, []asking{
			{0, 0, 0, 0}, {1 * ms, 0, sec, 0}, {2 * ms, 0, notLet, 0}, {1001 * ms, 0, 2 * sec, 0},
		}, ErrQueueFull},
		{"no queue", &Bulkhead{Max: 1, MaxQueue: -1}, []asking{{0, 0, 0, 0}, {1 * ms, 0, notLet, 0}, {sec, 0, sec, 0}}, ErrQueueFull},
		{"a bounded wait", &Bulkhead{Max: 1, MaxWait: 600 * ms}, []asking{
			{0, 0, 0, 0}, {1 * ms, 0, notLet, 0}, {500 * ms, 0, sec, 0}, {600 * ms, 0, notLet, 0},
		}, ErrMaxWait},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &sim{gate: tt.gate}
			for _, a := range tt.table {
				c := &simCall{arrives: a.comes, takes: sec}
				if a.leaves > 0 {
					c.patience = a.leaves - a.comes
				}
				s.calls = append(s.calls, c)
			}
			if err := s.run(); err != nil {
				t.Fatal(err)
			}
			for i, c := range s.calls {
				got := c.since.Add(-sec).Sub(simStart)
				switch c.state {
				case simLeft:
					got = gone
				case simRefused:
					got = notLet
					if r, ok := errors.AsType[*Refused](c.err); !ok || r.Why != tt.why || !errors.Is(c.err, tt.why) {
						t.Errorf("the attempt %d is refused with %v", i, c.err)
					}
				}
				if want := tt.table[i].goes; got != want {
					t.Errorf("the attempt %d goes at %v, want %v", i, got, want)
				}
			}
		})
	}
}

// Never more in flight than allowed, no place unused while somebody waits, in order, no wake-up more than needed.
func TestBulkheadProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Bulkhead{Max: rapid.IntRange(1, 8).Draw(t, "max")}
		calls, tie := simCalls(t, 60, 2*time.Second)
		slices.SortStableFunc(calls, func(a, b *simCall) int { return int(a.arrives - b.arrives) })
		for i, c := range calls {
			c.arrives += time.Duration(i)
		}
		s := &sim{gate: g, calls: calls, tie: tie}
		s.check = func() {
			if s.inFlight > g.Max {
				t.Fatalf("%d are in flight", s.inFlight)
			}
			if n := s.in(simWaiting); n > 0 && s.inFlight < g.Max {
				t.Fatalf("%d wait with %d in flight", n, s.inFlight)
			}
		}
		if err := s.run(); err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(s.admitted, func(a, b *simCall) int { return a.id - b.id }) {
			// Those who get places in the same instant may ask in any order.
			for i := 1; i < len(s.admitted); i++ {
				a, b := s.admitted[i-1], s.admitted[i]
				if a.id > b.id && !a.since.Add(-a.takes).Equal(b.since.Add(-b.takes)) {
					t.Fatalf("the attempt %d goes before %d", a.id, b.id)
				}
			}
		}
		for _, c := range calls {
			if c.asks > 2 {
				t.Fatalf("the attempt %d was woken %d times", c.id, c.asks-1)
			}
		}
	})
}

// A place that was handed to one that leaves goes to the next.
func TestBulkheadLosesNoPlace(t *testing.T) {
	g := &Bulkhead{Max: 1}
	a, b, c := &Call{}, &Call{}, &Call{}
	g.Admit(simStart, a)
	vb, vc := g.Admit(simStart, b), g.Admit(simStart, c)
	g.Done(simStart, a, Outcome{})
	if !isClosed(vb.Changed) || isClosed(vc.Changed) {
		t.Fatal("not the first one was woken, or not only it")
	}
	if d := (&Call{}); g.Admit(simStart, d).Go() {
		t.Fatal("a new one takes the place of one that waits")
	} else {
		g.Leave(simStart, d)
	}
	g.Leave(simStart, b)
	g.Leave(simStart, b)
	if !isClosed(vc.Changed) || !g.Admit(simStart, c).Go() {
		t.Error("the place is lost")
	}
}

func TestSlotsFollowTheirLimit(t *testing.T) {
	s := &slots{limit: 3}
	var verdicts []Verdict
	var calls []*Call
	for range 8 {
		c := &Call{}
		calls, verdicts = append(calls, c), append(verdicts, s.admit(simStart, c, patience{}))
	}
	s.set(1)
	s.done()
	s.done()
	if s.used != 1 || isClosed(verdicts[3].Changed) {
		t.Fatalf("%d places are used", s.used)
	}
	s.set(3)
	if s.used != 3 || !isClosed(verdicts[3].Changed) || !isClosed(verdicts[4].Changed) || isClosed(verdicts[5].Changed) {
		t.Fatalf("%d places are used", s.used)
	}
	if !s.admit(simStart, calls[4], patience{}).Go() {
		t.Error("a place that was handed over is not there")
	}
}

package strategies

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// asking is an attempt in a table: when it comes, when it leaves (0: never), and when it must be let through (-1: it left,
// -2: refused).
type asking struct {
	comes, leaves, goes time.Duration
	bytes               int64
}

const (
	gone   = -1
	notLet = -2
)

func runTable(t *testing.T, g Gate, table []asking) {
	t.Helper()
	s := &sim{gate: g}
	for _, a := range table {
		c := &simCall{Call: Call{Bytes: a.bytes}, arrives: a.comes, takes: 1}
		if a.leaves > 0 {
			c.patience = a.leaves - a.comes
		}
		s.calls = append(s.calls, c)
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	for i, c := range s.calls {
		got := c.since.Add(-1).Sub(simStart) // takes 1 ns
		switch c.state {
		case simLeft:
			got = gone
		case simRefused:
			got = notLet
		}
		if want := table[i].goes; (got-want).Abs() > 2*time.Microsecond || (want < 0) != (got < 0) {
			t.Errorf("the attempt %d goes at %v, want %v", i, got, want)
		}
	}
}

func TestTokenBucket(t *testing.T) {
	for _, tt := range []struct {
		name  string
		gate  *TokenBucket
		table []asking
	}{
		{"no limit", &TokenBucket{}, []asking{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}},
		{"a burst, then the rate", &TokenBucket{Rate: 10, Burst: 2}, []asking{
			{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 100 * ms, 0}, {10 * ms, 0, 200 * ms, 0}, {150 * ms, 0, 300 * ms, 0},
			{2000 * ms, 0, 2000 * ms, 0}, {2000 * ms, 0, 2000 * ms, 0}, {2000 * ms, 0, 2100 * ms, 0},
		}},
		{"one without a burst", &TokenBucket{Rate: 4}, []asking{{0, 0, 0, 0}, {0, 0, 250 * ms, 0}, {1 * ms, 0, 500 * ms, 0}}},
		{"those behind move up", &TokenBucket{Rate: 10, Burst: 1}, []asking{
			{0, 0, 0, 0}, {0, 0, 100 * ms, 0}, {0, 50 * ms, gone, 0}, {0, 50 * ms, gone, 0}, {0, 0, 200 * ms, 0}, {0, 0, 300 * ms, 0},
		}},
		{"the first leaves", &TokenBucket{Rate: 10, Burst: 1}, []asking{
			{0, 0, 0, 0}, {0, 50 * ms, gone, 0}, {0, 0, 100 * ms, 0}, {0, 0, 200 * ms, 0},
		}},
		{"bytes", &TokenBucket{Rate: 1000, Burst: 100, Bytes: true}, []asking{
			{0, 0, 0, 60}, {0, 0, 20 * ms, 60}, {0, 0, 0, 0}, {0, 0, 0, -1}, {0, 0, 60 * ms, 40},
		}},
		{"more bytes than the bucket holds", &TokenBucket{Rate: 1000, Burst: 100, Bytes: true}, []asking{
			{0, 0, 0, 500}, {0, 0, 500 * ms, 100}, {0, 0, 600 * ms, 300}, {0, 0, 810 * ms, 10},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			runTable(t, tt.gate, tt.table)
		})
	}
}

func TestTokenBucketRefusesWhatComesTooLate(t *testing.T) {
	g := &TokenBucket{Rate: 1}
	in := func(d time.Duration) *Call { return &Call{Deadline: simStart.Add(d)} }
	for _, tt := range []struct {
		c    *Call
		want time.Duration
	}{{in(0), 0}, {in(time.Second), notLet}, {in(1001 * ms), time.Second}, {in(1500 * ms), notLet}, {in(time.Hour), 2 * time.Second}} {
		v := g.Admit(simStart, tt.c)
		if tt.want == notLet {
			r, ok := errors.AsType[*Refused](v.Err)
			if !ok || !errors.Is(v.Err, ErrTooLate) || !errors.Is(v.Err, context.DeadlineExceeded) || r.Until.Before(tt.c.Deadline) {
				t.Errorf("deadline %v: %+v", tt.c.Deadline, v)
			}
		} else if v.Err != nil || v.Wait != tt.want {
			t.Errorf("deadline %v: %+v, want a wait of %v", tt.c.Deadline, v, tt.want)
		}
	}
	// Those who went stand before nobody any more, and neither do those who left.
	leaver := in(time.Hour)
	g.Admit(simStart, leaver)
	g.Admit(simStart, in(time.Hour))
	g.Leave(simStart, leaver)
	if v := g.Admit(simStart.Add(2500*ms), in(4001*ms)); v.Wait != 1500*ms {
		t.Errorf("%+v, want a wait of 1.5s", v)
	}
}

// A cost that saturates everything is still a wait, not an overflow.
func TestTokenBucketExtremes(t *testing.T) {
	for _, g := range []*TokenBucket{
		{Rate: 1e-300, Burst: 1}, {Rate: math.Inf(1), Burst: 1}, {Rate: 1, Burst: math.Inf(1)}, {Rate: 1e-9, Burst: 1, Bytes: true},
	} {
		for i := range 3 {
			v := g.Admit(simStart, &Call{Bytes: math.MaxInt64})
			if v.Err != nil || v.Wait < 0 || !v.Go() && v.Wait == 0 || i == 0 && !v.Go() {
				t.Errorf("%v/s, burst %v: attempt %d gets %+v", g.Rate, g.Burst, i, v)
			}
		}
	}
}

// greedy is the schedule of a token bucket in which everybody goes as early as possible, in order, where those who leave
// before they go take nothing.
func greedy(calls []*simCall, rate, burst float64, cost func(*simCall) float64) map[int]time.Duration {
	order := slices.Clone(calls)
	slices.SortStableFunc(order, func(a, b *simCall) int { return int(a.arrives - b.arrives) })
	goes := map[int]time.Duration{}
	level, at := burst, 0.0 // at: when level was true
	front := 0.0
	for _, c := range order {
		need := min(cost(c), burst)
		arrives := c.arrives.Seconds()
		turn := max(arrives, at, front)
		have := min(burst, level+(turn-at)*rate)
		if have < need-1e-9 {
			turn += (need - have) / rate
		}
		if c.patience > 0 && turn > arrives && turn >= (c.arrives+c.patience).Seconds()-1e-7 {
			front = max(front, (c.arrives + c.patience).Seconds()) // until then nobody behind it could go
			continue
		}
		level, at = min(burst, level+(turn-at)*rate)-cost(c), turn
		goes[c.id] = time.Duration(turn * float64(time.Second))
	}
	return goes
}

// Everybody goes exactly when it can, in order, and never more than rate·t + burst in any time t.
func TestTokenBucketProperties(t *testing.T) {
	for _, bytes := range []bool{false, true} {
		t.Run(fmt.Sprintf("bytes=%v", bytes), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := &TokenBucket{Rate: rapid.Float64Range(1, 300).Draw(t, "rate"), Burst: float64(rapid.IntRange(1, 50).Draw(t, "burst")), Bytes: bytes}
				calls, tie := simCalls(t, 60, 2*time.Second)
				slices.SortStableFunc(calls, func(a, b *simCall) int { return int(a.arrives - b.arrives) })
				for i, c := range calls {
					c.arrives += time.Duration(i) // no two in one instant, so that there is one order
					c.Bytes = max(c.Bytes, 1)
				}
				cost := func(c *simCall) float64 {
					if bytes {
						return float64(c.Bytes)
					}
					return 1
				}
				s := &sim{gate: g, calls: calls, tie: tie}
				if err := s.run(); err != nil {
					t.Fatal(err)
				}
				want := greedy(calls, g.Rate, g.Burst, cost)
				var went []time.Duration
				for i, c := range s.admitted {
					at := c.since.Sub(simStart) - c.takes
					went = append(went, at)
					if w, ok := want[c.id]; !ok || (at-w).Abs() > 100*time.Microsecond {
						t.Fatalf("the attempt %d goes at %v, could at %v", c.id, at, w)
					}
					if i > 0 && s.admitted[i-1].id > c.id && went[i-1] < at {
						t.Fatalf("the attempt %d goes before %d", s.admitted[i-1].id, c.id)
					}
					sum := 0.0
					for j := i - 1; j >= 0; j-- {
						sum += cost(s.admitted[j])
						// The last one may be bigger than the bucket; it has waited for a full one.
						if allowed := g.Rate*(at-went[j]).Seconds() + g.Burst; sum+min(cost(c), g.Burst) > allowed*(1+1e-6)+1e-6+max(0, cost(s.admitted[j])-g.Burst) {
							t.Fatalf("%v units from %v to %v, allowed are %v", sum+cost(c), went[j], at, allowed)
						}
					}
				}
				if len(s.admitted) != len(want) {
					t.Fatalf("%d went, %d could", len(s.admitted), len(want))
				}
			})
		})
	}
}

// Whoever asks too late holds up nobody: the others' slots stay where they are.
func TestTokenBucketKeepsSlotsOfTheLate(t *testing.T) {
	g := &TokenBucket{Rate: 10}
	var calls []*Call
	for i := range 5 {
		calls = append(calls, &Call{})
		if v := g.Admit(simStart, calls[i]); v.Wait != time.Duration(i)*100*ms {
			t.Errorf("the wait of attempt %d is %v", i, v.Wait)
		}
	}
	late := simStart.Add(350 * ms)
	if !g.Admit(late, calls[3]).Go() || !g.Admit(late, calls[1]).Go() {
		t.Error("a slot that has come is not had")
	}
	if v := g.Admit(late, calls[4]); v.Wait != 50*ms {
		t.Errorf("the next wait is %v", v.Wait)
	}
	// The token of one that leaves after its slot goes to the next.
	v := g.Admit(late, calls[4])
	g.Leave(late, calls[2])
	if !isClosed(v.Changed) || !g.Admit(late, calls[4]).Go() {
		t.Error("a token that was given back is lost")
	}
	g.Leave(late, calls[2])
	g.Leave(late, &Call{})
}

// One that leaves wakes at most one other.
func TestTokenBucketWakesOne(t *testing.T) {
	g := &TokenBucket{Rate: 10}
	var calls []*Call
	var verdicts []Verdict
	for range 100 {
		c := &Call{}
		calls, verdicts = append(calls, c), append(verdicts, g.Admit(simStart, c))
	}
	for i, c := range calls[1:50] {
		g.Leave(simStart, c)
		woken := 0
		for _, v := range verdicts[i+2:] {
			if isClosed(v.Changed) {
				woken++
			}
		}
		if woken > 1 {
			t.Fatalf("%d were woken when one left", woken)
		}
		if j := i + 2; j < len(calls) {
			verdicts[j] = g.Admit(simStart, calls[j])
		}
	}
	if verdicts[50].Wait != 100*ms {
		t.Errorf("the first in the queue waits for %v", verdicts[50].Wait)
	}
}

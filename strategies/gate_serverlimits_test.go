package strategies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// limited is a server with a fixed window of so much of a unit, as its answers tell it.
type limited struct {
	unit          string
	quota         int64
	window        time.Duration
	hide          func(*Limit) // takes something out of what it tells
	starts        time.Time
	used, refused int64
}

func (l *limited) answer(now time.Time, c *Call) Outcome {
	if n := now.Sub(l.starts) / l.window; n > 0 {
		l.starts, l.used = l.starts.Add(n*l.window), 0
	}
	cost := int64(1)
	if l.unit == UnitContentBytes {
		cost = max(c.Bytes, 0)
	}
	o := Outcome{Status: 200}
	if l.used+cost > l.quota && (cost <= l.quota || l.used > 0) {
		l.refused++
		o.Status = 429
	} else {
		l.used += cost
	}
	reset := l.starts.Add(l.window).Sub(now)
	t := Limit{Policy: "p", Unit: l.unit, Quota: l.quota, Window: l.window, HasLeft: true, Left: max(0, l.quota-l.used), Reset: (reset + time.Second - 1).Truncate(time.Second)}
	if l.hide != nil {
		l.hide(&t)
	}
	o.Hint.Limits = []Limit{t}
	return o
}

// A client that keeps to what it is told is hardly ever refused, and still uses nearly all that there is.
func TestServerLimitsAreKept(t *testing.T) {
	for _, tt := range []struct {
		name    string
		server  limited
		gate    *ServerLimits
		seconds [2]float64
	}{
		{"requests", limited{unit: UnitRequests, quota: 20, window: 10 * time.Second}, &ServerLimits{}, [2]float64{90, 115}},
		{"requests, not spread", limited{unit: UnitRequests, quota: 20, window: 10 * time.Second}, &ServerLimits{Spread: -1}, [2]float64{90, 105}},
		{"a long window is not spread", limited{unit: UnitRequests, quota: 400, window: time.Hour}, &ServerLimits{}, [2]float64{0, 4}},
		{"bytes", limited{unit: UnitContentBytes, quota: 200, window: 10 * time.Second}, &ServerLimits{}, [2]float64{90, 120}},
		{"the quota is not told", limited{unit: UnitRequests, quota: 20, window: 10 * time.Second, hide: func(l *Limit) { l.Quota, l.Window = 0, 0 }}, &ServerLimits{}, [2]float64{90, 125}},
		{"the reset is not told", limited{unit: UnitRequests, quota: 20, window: 10 * time.Second, hide: func(l *Limit) { l.Reset = -1 }}, &ServerLimits{}, [2]float64{90, 115}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &sim{gate: tt.gate}
			server := &tt.server
			server.starts = simStart
			// Two at a time, and 200 that the server takes.
			ended := 0
			s.answer = func(c *simCall) Outcome {
				o := server.answer(s.now, &c.Call)
				if o.Status == 200 {
					ended++
				}
				if ended+s.inFlight < 200 || o.Status != 200 {
					s.calls = append(s.calls, &simCall{id: len(s.calls), Call: Call{Bytes: 10}, takes: 20 * ms, at: s.now})
				}
				return o
			}
			for range 2 {
				s.calls = append(s.calls, &simCall{Call: Call{Bytes: 10}, takes: 20 * ms})
			}
			if err := s.run(); err != nil {
				t.Fatal(err)
			}
			took := s.now.Sub(simStart).Seconds()
			if ended < 199 || took < tt.seconds[0] || took > tt.seconds[1] || server.refused > 4 {
				t.Errorf("%d attempts in %.1f s, %d refused", ended, took, server.refused)
			}
		})
	}
}

func TestServerLimitsSpreads(t *testing.T) {
	g := &ServerLimits{}
	first := &Call{}
	if !g.Admit(simStart, first).Go() {
		t.Fatal("it limits before anybody told it to")
	}
	g.Done(simStart, first, Outcome{Hint: Hint{Limits: []Limit{{Policy: "p", Left: 4, HasLeft: true, Reset: 2 * time.Second}}}})
	s := &sim{gate: g}
	for range 6 {
		s.calls = append(s.calls, &simCall{takes: 20 * time.Second})
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	// Four until the reset; from then on, with nothing told, four in two seconds again.
	for i, want := range []time.Duration{0, 500 * ms, time.Second, 1500 * ms, 2 * time.Second, 2500 * ms} {
		if got := s.calls[i].since.Add(-20 * time.Second).Sub(simStart); (got - want).Abs() > time.Microsecond {
			t.Errorf("the attempt %d goes at %v, want %v", i, got, want)
		}
	}
	if !g.Admit(s.now.Add(time.Minute), &Call{}).Go() || len(g.keys.of[""].value.limits) != 0 {
		t.Error("the limit is not forgotten")
	}
}

func TestServerLimitsInFlight(t *testing.T) {
	g := &ServerLimits{}
	told := func(left, quota int64) Outcome {
		return Outcome{Hint: Hint{Limits: []Limit{{Policy: "p", Unit: UnitConcurrentRequests, HasLeft: left >= 0, Left: max(left, 0), Quota: quota, Reset: -1}}}}
	}
	var flying []*Call
	fill := func(want int) {
		t.Helper()
		for {
			c := &Call{}
			v := g.Admit(simStart, c)
			if !v.Go() {
				if v.Wait != 0 || v.Changed == nil {
					t.Errorf("%+v", v)
				}
				g.Leave(simStart, c)
				break
			}
			if flying = append(flying, c); len(flying) > 100 {
				t.Fatal("no limit")
			}
		}
		if len(flying) != want {
			t.Errorf("%d are in flight, want %d", len(flying), want)
		}
	}
	end := func(o Outcome) { g.Done(simStart, flying[0], o); flying = flying[1:] }
	for range 2 {
		c := &Call{}
		g.Admit(simStart, c)
		flying = append(flying, c)
	}
	end(told(-1, 5))
	fill(5)
	end(told(0, 5)) // others have the rest, or it counts itself: what was in flight is right
	fill(5)
	end(told(0, 3))
	end(Outcome{})
	fill(3)
	end(told(0, 1))
	end(Outcome{})
	fill(1)
	end(told(3, 0)) // one was in flight, and there is room for three
	fill(4)
	waiting := &Call{}
	v := g.Admit(simStart, waiting)
	end(Outcome{})
	if !isClosed(v.Changed) || !g.Admit(simStart, waiting).Go() {
		t.Error("who waits does not learn of a place")
	}
}

func TestServerLimitsDetails(t *testing.T) {
	tell := func(g *ServerLimits, now time.Time, h Hint) {
		c := &Call{Bytes: 10}
		g.Admit(now, c)
		g.Done(now, c, Outcome{Status: 429, Hint: h})
	}
	p := func(l Limit) []Limit { l.Policy = "p"; return []Limit{l} }
	for _, tt := range []struct {
		name string
		hint Hint
		c    Call
		want time.Duration // the wait
	}{
		{"nothing left", Hint{Limits: p(Limit{HasLeft: true, Reset: 3 * time.Second})}, Call{}, 3 * time.Second},
		{"Retry-After goes before", Hint{Given: true, After: 5 * time.Second, Limits: p(Limit{HasLeft: true, Reset: 3 * time.Second})}, Call{}, 5 * time.Second},
		{"but not if something is left", Hint{Given: true, After: 5 * time.Second, Limits: p(Limit{HasLeft: true, Left: 1, Reset: 3 * time.Second})}, Call{}, 0},
		{"it is whole now", Hint{Limits: p(Limit{HasLeft: true})}, Call{}, 0},
		{"nobody knows the reset", Hint{Limits: p(Limit{HasLeft: true, Reset: -1})}, Call{}, 0},
		{"but the window", Hint{Limits: p(Limit{HasLeft: true, Reset: -1, Window: 7 * time.Second})}, Call{}, 7 * time.Second},
		{"a reset in a year is a mistake", Hint{Limits: p(Limit{HasLeft: true, Reset: 365 * 24 * time.Hour})}, Call{}, farthestReset},
		{"another unit", Hint{Limits: p(Limit{Unit: "cats", HasLeft: true, Reset: time.Second})}, Call{}, 0},
		{"bytes", Hint{Limits: p(Limit{Unit: UnitContentBytes, HasLeft: true, Left: 9, Reset: time.Second})}, Call{Bytes: 10}, time.Second},
		{"enough bytes", Hint{Limits: p(Limit{Unit: UnitContentBytes, HasLeft: true, Left: 10, Reset: time.Second})}, Call{Bytes: 10}, 0},
		{"no bytes", Hint{Limits: p(Limit{Unit: UnitContentBytes, HasLeft: true, Reset: time.Second})}, Call{Bytes: -1}, 0},
		{"more bytes than there ever are", Hint{Limits: p(Limit{Unit: UnitContentBytes, HasLeft: true, Quota: 5, Window: time.Second, Reset: time.Second})}, Call{Bytes: 10}, time.Second},
		{"another key", Hint{Limits: p(Limit{HasLeft: true, Reset: time.Second})}, Call{Key: "elsewhere"}, 0},
		{"the tightest of several", Hint{Limits: []Limit{
			{Policy: "a", HasLeft: true, Reset: time.Second}, {Policy: "a", Key: "x", HasLeft: true, Reset: 2 * time.Second}, {Policy: "b", HasLeft: true, Left: 5, Reset: 9 * time.Second},
		}}, Call{}, 2 * time.Second},
	} {
		g := &ServerLimits{Spread: -1}
		tell(g, simStart, tt.hint)
		if v := g.Admit(simStart, &tt.c); v.Wait != tt.want || v.Err != nil || v.Go() != (tt.want == 0) {
			t.Errorf("%s: %+v, want a wait of %v", tt.name, v, tt.want)
		}
	}
	g := &ServerLimits{MaxKeys: 2}
	for i := range 100 {
		c := &Call{Key: fmt.Sprint(i)}
		g.Admit(simStart, c)
		var limits []Limit
		for j := range 50 {
			limits = append(limits, Limit{Policy: fmt.Sprint(j), HasLeft: true, Left: 1, Reset: time.Second})
		}
		g.Done(simStart, c, Outcome{Hint: Hint{Limits: limits}})
	}
	if len(g.keys.of) > 2 || len(g.keys.of["99"].value.limits) != maxLimits {
		t.Errorf("%d keys are kept", len(g.keys.of))
	}
}

// Whatever the server's limit is, all go in the end, in order.
func TestServerLimitsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		server := &limited{unit: rapid.SampledFrom([]string{UnitRequests, UnitContentBytes}).Draw(t, "unit"), starts: simStart}
		server.quota = rapid.Int64Range(1, 60).Draw(t, "quota")
		server.window = time.Duration(rapid.IntRange(1, 5).Draw(t, "window")) * time.Second
		g := &ServerLimits{Spread: time.Duration(rapid.IntRange(-1, 1).Draw(t, "spread"))}
		calls, tie := simCalls(t, 60, 3*time.Second)
		slices.SortStableFunc(calls, func(a, b *simCall) int { return int(a.arrives - b.arrives) })
		calls[0].arrives = 0
		for i, c := range calls[1:] { // the first one learns of the limit before the others come
			c.arrives += 400*ms + time.Duration(i)
		}
		s := &sim{gate: g, calls: calls, tie: tie}
		s.answer = func(c *simCall) Outcome { return server.answer(s.now.Add(-c.takes), &c.Call) }
		server.starts = simStart
		if err := s.run(); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(s.admitted); i++ {
			a, b := s.admitted[i-1], s.admitted[i]
			if a.id > b.id && !a.since.Add(-a.takes).Equal(b.since.Add(-b.takes)) {
				t.Fatalf("the attempt %d goes before %d", a.id, b.id)
			}
		}
	})
}

// An answer that was overtaken by a later one does not bring back what has been used since.
func TestServerLimitsOutOfOrder(t *testing.T) {
	g := &ServerLimits{Spread: -1}
	told := func(left int64, took time.Duration) Outcome {
		return Outcome{Took: took, Hint: Hint{Limits: []Limit{{Policy: "p", HasLeft: true, Left: left, Reset: time.Minute}}}}
	}
	at := func(d time.Duration) time.Time { return simStart.Add(d) }
	left := func() float64 { return g.keys.of[""].value.limits[0].left }
	var calls [5]Call
	for i := range 3 {
		g.Admit(at(time.Duration(i)*time.Second), &calls[i])
	}
	g.Done(at(3*time.Second), &calls[1], told(8, 2*time.Second))
	g.Done(at(4*time.Second), &calls[0], told(9, 4*time.Second))
	if left() != 8 {
		t.Errorf("%v are left, want 8", left())
	}
	g.Admit(at(5*time.Second), &calls[3]) // 7
	g.Done(at(6*time.Second), &calls[2], told(7, 4*time.Second))
	if left() != 7 {
		t.Errorf("%v are left, want 7", left())
	}
	// More than that is there again: one in flight may not be counted yet.
	g.Admit(at(7*time.Second), &calls[4])
	g.Done(at(8*time.Second), &calls[4], told(20, time.Second))
	if left() != 19 {
		t.Errorf("%v are left, want 19", left())
	}
}

func TestKeys(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var k keys[int]
	held := map[string]int{}
	for range 5000 {
		key := fmt.Sprint(rnd.IntN(30))
		fresh := k.of[key] == nil
		e := k.get(key, 10)
		if rnd.IntN(2) == 0 && held[key] < 2 {
			e.held++
			held[key]++
		} else if e.held > 0 {
			e.held--
			held[key]--
		}
		n, busy := 0, 0
		for e := k.used.Front(); e != nil; e = e.Next() {
			if n++; k.of[e.Value.(*entry[int]).key].at != e {
				t.Fatal("the list and the map differ")
			}
		}
		for key, h := range held {
			if h > 0 {
				if busy++; k.of[key] == nil || k.of[key].held != h {
					t.Fatalf("the key %s is forgotten while it is held", key)
				}
			}
		}
		if n != len(k.of) || fresh && n > max(10, busy+1) {
			t.Fatalf("%d keys are listed, %d known, %d held", n, len(k.of), busy)
		}
	}
}

package metrics

import (
	"math"
	"slices"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

func spansOf(cut bool, s ...float64) (all []span) {
	for _, x := range s {
		all = append(all, span{s: x, n: 1, cut: cut})
	}
	return all
}

func TestLengths(t *testing.T) {
	for _, c := range []struct {
		name       string
		ended, cut []float64
		want       []float64
		known      int64
	}{
		{"none", nil, nil, nil, 0},
		{"all ended", []float64{3, 1, 2, 2}, nil, []float64{1, 2, 2, 3}, 4},
		{"none ended", nil, []float64{2, 1}, []float64{1, 2}, 0},
		// The one that was cut off at 1.5 shares its weight out among those that took longer: two thirds to each of 2, 3 and 4.
		{"cut off in the midst", []float64{1, 2, 3, 4}, []float64{1.5}, []float64{1, 2, 3, 4, 4}, 5},
		{"cut off before all others", []float64{1, 2, 3}, []float64{0.5}, []float64{1, 2, 3, 3}, 4},
		{"cut off as one ended", []float64{1, 2}, []float64{1}, []float64{1, 2, 2}, 3},
		{"cut off last", []float64{1, 2, 3}, []float64{9}, []float64{1, 2, 3, 9}, 3},
		// The two at 5 and 9 are known to be longer than 3, and the weight of the one at 0.5 is with them as well as with the others.
		{"cut off first and last", []float64{1, 2, 3}, []float64{0.5, 9}, []float64{1, 2, 3, 3, 9}, 3},
	} {
		l := lengthsOf(append(spansOf(false, c.ended...), spansOf(true, c.cut...)...))
		var got []float64
		for _, x := range l.all {
			for range x.n {
				got = append(got, x.s)
			}
		}
		if !slices.Equal(got, c.want) || l.known != c.known {
			t.Errorf("%s: %v, %d known; want %v, %d", c.name, got, l.known, c.want, c.known)
		}
	}
}

// Whatever is cut off, there are as many lengths as calls, in order; none is shorter than it was watched; what ended all alone stays as it
// is; and the percentiles of equal calls are the same however they are grouped.
func TestLengthsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.IntRange(0, 50), 0, 30)
		ended, cut := times.Draw(t, "ended"), times.Draw(t, "cut")
		var spans []span
		var sure []float64
		groups := map[span]int64{}
		add := func(ms int, cut bool) {
			s := float64(ms) / 1000
			spans, sure = append(spans, span{s, 1, cut}), append(sure, s)
			groups[span{s: s, cut: cut}]++
		}
		for _, ms := range ended {
			add(ms, false)
		}
		for _, ms := range cut {
			add(ms, true)
		}
		slices.Sort(sure)
		l := lengthsOf(spans)
		at, last := 0, math.Inf(-1)
		for _, x := range l.all {
			for range x.n {
				if x.s < last || x.s < sure[at] || x.cut != (int64(at) >= l.known) {
					t.Fatalf("length %d of %+v", at, l)
				}
				at, last = at+1, x.s
			}
		}
		if at != len(sure) || l.n != int64(len(sure)) || len(cut) == 0 && l.known != l.n {
			t.Fatalf("%d lengths of %d calls: %+v", at, len(sure), l)
		}
		var grouped []span
		for x, n := range groups {
			grouped = append(grouped, span{x.s, n, x.cut})
		}
		g := lengthsOf(grouped)
		for _, p := range []float64{0, 50, 95, 99, 100} {
			s, censored := l.percentile(p)
			if gs, gc := g.percentile(p); gs != s || gc != censored {
				t.Fatalf("p%v is %v (%v), and of groups %v (%v)", p, s, censored, gs, gc)
			}
			if len(cut) == 0 && s != Percentile(sure, p) {
				t.Fatalf("p%v is %v, want %v", p, s, Percentile(sure, p))
			}
		}
	})
}

// stall is a trial of 200 calls, one each tenth of a second, of which those of the second half get no answer.
func stall() Input {
	in := Input{WallS: 20, Phases: []record.Phase{{Name: "ok", ToS: 10}, {Name: "stall", FromS: 10}}}
	for i := range 200 {
		at := float64(i) / 10
		o := record.Object{Ordinal: i + 1, Single: true, StartS: at, EndS: at + 0.01, Verified: true}
		a := record.Attempt{Call: record.CallName("get_object", i+1, 0), Op: "get_object", Attempt: 1, StartS: at, TookS: 0.01, Status: 200}
		if at >= 10 {
			o.EndS, o.Verified = 20, false
			a.TookS, a.Status, a.Error = 20-at, 0, canceled
		}
		in.Objects = append(in.Objects, o)
		if i != 150 { // which is waiting at a gate of its client's own
			in.Attempts = append(in.Attempts, a)
		}
	}
	return in
}

func TestCallsUnderWayAtTheEnd(t *testing.T) {
	n := Of(stall())
	r := n.Trial
	if *r.CutOff != 100 || r.FailedCalls != 0 || r.Calls != 199 {
		t.Errorf("%d cut off, %d failed of %d", *r.CutOff, r.FailedCalls, r.Calls)
	}
	// Half of them ended within 0.01 s; the others had waited 0.1 s, 0.2 s, and so on up to 10 s.
	if !near(r.P50S, 0.01) || r.P50Censored {
		t.Errorf("p50 %v, censored %v", r.P50S, r.P50Censored)
	}
	if !near(r.P95S, 9) || !r.P95Censored || !near(r.P99S, 9.8) || !r.P99Censored {
		t.Errorf("p95 %v (censored %v), p99 %v (%v)", r.P95S, r.P95Censored, r.P99S, r.P99Censored)
	}
	if d := n.Detail; d.ResponseLimits != 100 || d.BusyLimits != 100 {
		t.Errorf("%d and %d limits in the histograms", d.ResponseLimits, d.BusyLimits)
	}
	if !same(r.ServiceP99S, 0.01) {
		t.Errorf("the service time is of those that ended: %v", show(r.ServiceP99S))
	}
	if p := n.Phases[0]; p.CutOff != 0 || p.P99Censored || !same(p.P99S, 0.01) {
		t.Errorf("before the stall: %+v", p)
	}
	if p := n.Phases[1]; p.CutOff != 100 || !p.P50Censored || !same(p.P50S, 5) {
		t.Errorf("in the stall: %+v", p)
	}
	g := addedUp(stall())
	if d := g.Detail; d.ResponseLimits != 100 || d.BusyLimits != 100 {
		t.Errorf("added up: %d and %d limits in the histograms", d.ResponseLimits, d.BusyLimits)
	}
	if *g.Trial.CutOff != 100 || g.Trial.P50Censored || !g.Trial.P95Censored || math.Abs(g.Trial.P95S-9) > 0.01 || math.Abs(g.Trial.P99S-9.8) > 0.01 {
		t.Errorf("added up: %d cut off, p95 %v, p99 %v", *g.Trial.CutOff, g.Trial.P95S, g.Trial.P99S)
	}
	if p := g.Phases[1]; p.CutOff != 100 || !p.P50Censored || p.P50S == nil || math.Abs(*p.P50S-5) > 0.01 {
		t.Errorf("added up, in the stall: %+v", p)
	}
}

// addedUp is what a fleet makes of calls with one attempt each.
func addedUp(in Input) Numbers {
	g := NewAggregate(in.WarmUpS, in.Phases, 1)
	made := map[int]*record.Attempt{}
	for i := range in.Attempts {
		a := &in.Attempts[i]
		g.Attempt(a)
		_, n, _ := record.ParseCall(a.Call)
		made[n] = a
	}
	for _, o := range in.Objects {
		c := Call{Object: o, Download: true}
		if a := made[o.Ordinal]; a != nil {
			c.Attempts, c.FirstS, c.Succeeded, c.OKStartS, c.OKEndS, c.LastEndS = 1, a.StartS, o.Verified, a.StartS, end(a), end(a)
		}
		g.Call(c)
	}
	n, _ := g.Trial(in)
	return n
}

// A few calls that are under way at the end as others were all the time change nothing.
func TestCallsUnderWayAsAlways(t *testing.T) {
	in := Input{WallS: 10}
	for i := range 100 {
		at := float64(i) / 10
		in.Objects = append(in.Objects, record.Object{Ordinal: i + 1, Single: true, StartS: at, EndS: min(10, at+0.25), Verified: at+0.25 <= 10})
		a := record.Attempt{Call: record.CallName("get_object", i+1, 0), Op: "get_object", Attempt: 1, StartS: at, TookS: min(10-at, 0.25), Status: 200}
		if at+0.25 > 10 {
			a.Status, a.Error = 0, canceled
		}
		in.Attempts = append(in.Attempts, a)
	}
	n := Of(in)
	r := n.Trial
	if n.Detail.ResponseLimits != 0 {
		t.Errorf("%d limits in the histogram", n.Detail.ResponseLimits)
	}
	if *r.CutOff != 2 || r.P99Censored || !near(r.P50S, 0.25) || !near(r.P99S, 0.25) {
		t.Errorf("%d cut off, p50 %v, p99 %v (censored %v)", *r.CutOff, r.P50S, r.P99S, r.P99Censored)
	}
}

// An upload is cut off at 2 s: one part had been brought, one was in its second attempt, one in a wait, one had been begun again.
func TestPartsUnderWayAtTheEnd(t *testing.T) {
	queued := func(a *record.Attempt) { a.QueuedS = ptr(0.1) }
	in := Input{WallS: 2, Objects: []record.Object{object(func(o *record.Object) { o.Verified = false })}, Attempts: []record.Attempt{
		part(1, 1, 0, 0.5, 200, queued),
		part(2, 1, 0.5, 0.25, 503, queued), part(2, 2, 1, 1, 0, func(a *record.Attempt) { a.Error = canceled }),
		part(3, 1, 1.25, 0.25, 503),
		part(4, 1, 0, 0.25, 403), part(4, 1, 0.5, 0.25, 200, func(a *record.Attempt) { a.Call = record.Nth(a.Call, 2) }),
	}}
	r := Of(in).Trial
	// Of parts 1 and 4 the time is known: 0.6 and 0.25. Part 2 had waited 1.6 s, part 3 0.75 s.
	if *r.CutOff != 2 || !near(r.P50S, 0.6) || r.P50Censored || !near(r.P99S, 1.6) || !r.P99Censored {
		t.Errorf("%d cut off, p50 %v (censored %v), p99 %v (%v)", *r.CutOff, r.P50S, r.P50Censored, r.P99S, r.P99Censored)
	}
	in.WarmUpS = 1.2
	if r := Of(in).Trial; *r.CutOff != 1 || !near(r.P50S, 0.75) || !r.P50Censored {
		t.Errorf("after a warm-up: %d cut off, p50 %v (censored %v)", *r.CutOff, r.P50S, r.P50Censored)
	}
}

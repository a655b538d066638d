package metrics

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// same reports whether a number is what it should be; nil is NaN here.
func same(got *float64, want float64) bool {
	if got == nil {
		return math.IsNaN(want)
	}
	return near(*got, want)
}

func show(v *float64) any {
	if v == nil {
		return "nothing"
	}
	return *v
}

// Two clients upload three parts of 1 MiB in six seconds; one of the parts is refused twice.
//
//	client 0, object 1, part 1: handed over at 0.5, sent at 1, connection 0.1, sending 0.6, server 0.3, done at 2
//	client 0, object 1, part 2: handed over and sent at 1, refused at 1.5 with a hint until 2.5; again at 1.75, 0.75 too early, refused
//	                            at 2.25; again at 3.5, connection 0.5, sending 1, server 0.5, done at 5.5
//	client 1, object 2, part 1: handed over and sent at 2, done at 4
func byHand() Input {
	waits := func(slot, queued float64) func(*record.Attempt) {
		return func(a *record.Attempt) { a.SlotS, a.QueuedS = &slot, &queued }
	}
	wire := func(connection, sending float64) func(*record.Attempt) {
		return func(a *record.Attempt) { a.ConnectionS, a.SendingS = &connection, &sending }
	}
	half := func(a *record.Attempt) { a.Bytes, a.Code = mib/2, "SlowDown" }
	of := func(client int, call string) func(*record.Attempt) {
		return func(a *record.Attempt) { a.Client, a.Call = client, call }
	}
	early := func(a *record.Attempt) { a.Early, a.EarlyByS = true, ptr(0.75) }
	waited := func(s float64) func(*record.Attempt) { return func(a *record.Attempt) { a.WaitedS = s } }
	return Input{
		WallS: 6, Clients: 2,
		Phases: []record.Phase{{Name: "one", ToS: 3}, {Name: "two", FromS: 3}, {Name: "never", FromS: 7}},
		Attempts: []record.Attempt{
			part(1, 1, 1, 1, 200, of(0, "upload_part/1/1"), waits(0.5, 0.5), wire(0.1, 0.6)),
			part(2, 1, 1, 0.5, 503, of(0, "upload_part/1/2"), half, waits(1, 0), wire(0, 0.25)),
			part(2, 2, 1.75, 0.5, 503, of(0, "upload_part/1/2"), half, early, waited(0.25), wire(0, 0.25)),
			part(2, 3, 3.5, 2, 200, of(0, "upload_part/1/2"), waited(1.25), wire(0.5, 1)),
			part(1, 1, 2, 2, 200, of(1, "upload_part/2/1"), waits(0, 0)),
		},
		Objects: []record.Object{
			{Client: 0, Ordinal: 1, Size: 2 * mib, EndS: 5.5, Verified: true}, {Client: 1, Ordinal: 2, Size: mib, StartS: 2, EndS: 4, Verified: true},
		},
	}
}

func TestByHand(t *testing.T) {
	n := Of(byHand())
	r := n.Trial
	for _, c := range []struct {
		name string
		got  *float64
		want float64
	}{
		{"amplification, 5 attempts of 3 calls", &r.Amplification, 5.0 / 3},
		{"byte amplification, 4 MiB for 3", r.ByteAmplification, 4.0 / 3},
		{"early by", r.EarlyByS, 0.75},
		{"early by at most", r.EarlyByMaxS, 0.75},
		{"retry ratio, no second with five first attempts", r.RetryRatioMax, math.NaN()},
		{"fairness of 2 MiB and 1 MiB, 3² ÷ (2·5)", r.Fairness, 0.9},
		{"wasted waiting, before the second attempt", r.WastedWaitS, 0.25},
		// Response times: 0.5 + 1 of part 1, 5.5 − 1 of part 2, and 2.
		{"p50", &r.P50S, 2}, {"p95", &r.P95S, 4.5},
		{"service p50 of 1, 2, 2", r.ServiceP50S, 2}, {"service p99", r.ServiceP99S, 2},
		{"slot", r.SlotS, (0.5 + 1 + 0) / 3},
		{"limiter", r.LimiterS, (0.5 + 0 + 0) / 3},
		{"connection", r.ConnectionS, (0.1 + 0.5 + 0) / 3},
		{"sending", r.SendingS, (0.6 + (0.25 + 0.25 + 1) + 0) / 3},
		{"server", r.ServerS, (0.3 + (0.25 + 0.25 + 0.5) + 2) / 3},
		{"backoff", r.BackoffS, (0 + (0.25 + 1.25) + 0) / 3},
		{"recovery without trouble", r.RecoveryS, math.NaN()},
		{"herd without hints", r.HerdIndex, math.NaN()},
	} {
		if !same(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, show(c.got), c.want)
		}
	}
	if *r.FalseRetries != 0 || *r.MissedRetries != 0 {
		t.Errorf("false retries %d, missed %d", *r.FalseRetries, *r.MissedRetries)
	}
	// 2 MiB and 1 MiB in six seconds.
	if c := n.Detail.Clients; len(c) != 2 || math.Abs(c[0]-1.0/6) > 1e-6 || math.Abs(c[1]-1.0/3) > 1e-6 {
		t.Errorf("clients %v", c)
	}
}

func TestPhasesByHand(t *testing.T) {
	got := Of(byHand()).Phases
	if len(got) != 2 {
		t.Fatalf("%d phases, want two: the third never began", len(got))
	}
	// In the first, part 1 is brought, and the half of client 1's that falls into it: 1.5 MiB in 3 s. On the wire there is
	// 1 MiB in attempts that failed besides. In the second there is the rest: 1.5 MiB of 3 s.
	one, two := got[0], got[1]
	if one.FromS != 0 || one.ToS != 3 || two.FromS != 3 || two.ToS != 6 {
		t.Errorf("phases last from %v to %v and from %v to %v", one.FromS, one.ToS, two.FromS, two.ToS)
	}
	if !near(one.GoodputMiBs, 0.5) || !near(one.ThroughputMiBs, 2.5/3) || !near(two.GoodputMiBs, 0.5) || !near(two.ThroughputMiBs, 0.5) {
		t.Errorf("goodput %v and %v, throughput %v and %v", one.GoodputMiBs, two.GoodputMiBs, one.ThroughputMiBs, two.ThroughputMiBs)
	}
	counts := func(r record.PhaseRow) [6]int {
		return [6]int{r.Calls, r.FailedCalls, r.Attempts, r.Retries, r.Throttled, r.Early}
	}
	if counts(one) != [6]int{3, 0, 4, 1, 2, 1} || counts(two) != [6]int{0, 0, 1, 1, 0, 0} {
		t.Errorf("calls, failed, attempts, retries, throttled, early: %v and %v", counts(one), counts(two))
	}
	// All calls began in the first, whatever became of them later.
	if !same(one.Amplification, 5.0/3) || two.Amplification != nil || !same(one.P50S, 2) || !same(one.P95S, 4.5) || two.P50S != nil {
		t.Errorf("amplification %v and %v, p50 %v and %v", show(one.Amplification), show(two.Amplification), show(one.P50S), show(two.P50S))
	}
	if one.WastedBytes != mib || two.WastedBytes != 0 {
		t.Errorf("wasted %d and %d bytes", one.WastedBytes, two.WastedBytes)
	}

	in := byHand()
	in.WarmUpS = 3.25 // ends in the second phase
	if got := Of(in).Phases; len(got) != 1 || got[0].Phase != "two" || got[0].FromS != 3.25 || got[0].Attempts != 1 || got[0].Calls != 1 {
		t.Errorf("with a warm-up: %+v", got)
	}
}

// A hedge: the first attempt hangs, the second succeeds while it does.
//
//	0 to 3    first attempt, cancelled; sending until 1
//	2 to 3    second attempt, connection 0.25, sending 0.5, server 0.25
func TestSplitOfHedge(t *testing.T) {
	first := part(1, 1, 0, 3, 0, func(a *record.Attempt) { a.Error, a.ConnectionS, a.SendingS = canceled, ptr(0), ptr(1) })
	second := part(1, 2, 2, 1, 200, func(a *record.Attempt) { a.ConnectionS, a.SendingS = ptr(0.25), ptr(0.5) })
	c := callsOf(inOrder([]record.Attempt{second, first}))[0]
	s := c.split(c.success())
	if !near(s.connection, 0.25) || !near(s.sending, 1.5) || !near(s.server, 1.25) || !near(s.backoff, 0) {
		t.Errorf("split %+v", s)
	}
}

// A single call is planned at 0.1, handed over at 0.2 and sent at 0.5; its headers come at 1, its body is there at 1.5.
func TestTimesOfCall(t *testing.T) {
	a := get(1, 0.5, 0.5, 200)
	a.SlotS, a.QueuedS, a.ConnectionS, a.SendingS = ptr(0.1), ptr(0.3), ptr(0.125), ptr(0.125)
	r := Of(Input{WallS: 2, Attempts: []record.Attempt{a}, Objects: []record.Object{single(func(o *record.Object) { o.EndS = 1.5 })}}).Trial
	for _, c := range []struct {
		name string
		got  *float64
		want float64
	}{
		{"response", &r.P50S, 1.4}, {"service", r.ServiceP50S, 1}, {"slot", r.SlotS, 0.1}, {"limiter", r.LimiterS, 0.3},
		{"connection", r.ConnectionS, 0.125}, {"sending", r.SendingS, 0.125}, {"server", r.ServerS, 0.75}, {"backoff", r.BackoffS, 0},
		{"byte amplification of a download", r.ByteAmplification, math.NaN()},
	} {
		if !same(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, show(c.got), c.want)
		}
	}
}

func TestRetryRatio(t *testing.T) {
	var r ratios
	add := func(at float64, first, retries int) {
		for range first {
			r.attempt(&record.Attempt{StartS: at, Attempt: 1})
		}
		for range retries {
			r.attempt(&record.Attempt{StartS: at, Attempt: 2})
		}
	}
	if r.most() != nil {
		t.Error("a ratio of nothing")
	}
	add(0.5, 4, 40) // too few first attempts
	add(1.9, 5, 1)
	add(2, 10, 5)
	if got := r.most(); !same(got, 0.5) {
		t.Errorf("ratio %v, want 0.5", show(got))
	}
}

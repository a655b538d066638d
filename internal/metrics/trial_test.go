package metrics

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func ptr(f float64) *float64 { return &f }

// part is an attempt of a part of object 1, of 1 MiB unless changed.
func part(number, attempt int, start, took float64, status int, change ...func(*record.Attempt)) record.Attempt {
	a := record.Attempt{Client: 1, Call: record.CallName("upload_part", 1, number), Attempt: attempt, StartS: start, TookS: took, Status: status, Bytes: mib}
	for _, c := range change {
		c(&a)
	}
	return a
}

func complete(attempt, status int) record.Attempt {
	return part(0, attempt, 1, 0, status, func(a *record.Attempt) { a.Op, a.Call = "complete_upload", "complete_upload/1" })
}

func object(change ...func(*record.Object)) record.Object {
	o := record.Object{Client: 1, Ordinal: 1, Size: 2 * mib, EndS: 2, Verified: true}
	for _, c := range change {
		c(&o)
	}
	return o
}

// get is an attempt of a call of object 1, and single the object.
func get(attempt int, start, took float64, status int) record.Attempt {
	return record.Attempt{Client: 1, Call: record.CallName("get_object", 1, 0), Attempt: attempt, StartS: start, TookS: took, Status: status}
}

func single(change ...func(*record.Object)) record.Object {
	return object(append([]func(*record.Object){func(o *record.Object) { o.Single, o.StartS, o.EndS = true, 0.1, 2 }}, change...)...)
}

// once is the server's record of a call that is to be carried out once.
func once(object int, at float64, committed bool) record.LedgerRow {
	return record.LedgerRow{Kind: record.LedgerAttempt, Object: object, TS: at, Once: true, Committed: committed}
}

// Each case changes a healthy trial of one object of two parts, 1 MiB each, that took two seconds.
func TestTrial(t *testing.T) {
	early := func(a *record.Attempt) { a.Early = true }
	code := func(code string) func(*record.Attempt) { return func(a *record.Attempt) { a.Code = code } }
	for _, c := range []struct {
		name string
		in   Input
		got  func(record.Trial) any
		want any
	}{
		{"wall", Input{}, func(t record.Trial) any { return t.WallS }, 2.0},
		{"wall less warm-up", Input{WarmUpS: 0.5}, func(t record.Trial) any { return t.WallS }, 1.5},
		{"over before the warm-up was", Input{WarmUpS: 5}, func(t record.Trial) any { return [3]float64{t.WallS, t.GoodputMiBs, t.ThroughputMiBs} }, [3]float64{}},
		{"bytes", Input{}, func(t record.Trial) any { return t.Bytes }, int64(2 * mib)},
		{"goodput", Input{}, func(t record.Trial) any { return t.GoodputMiBs }, 1.0},
		{"goodput leaves out parts of the warm-up", Input{WarmUpS: 1}, func(t record.Trial) any { return t.GoodputMiBs }, 1.0},
		{"goodput of an object that failed", Input{Objects: []record.Object{object(func(o *record.Object) { o.Verified, o.Failed = false, true })}},
			func(t record.Trial) any { return [2]any{t.GoodputMiBs, t.FailedObjects} }, [2]any{0.0, 1}},
		{"goodput of an object that was cut off", Input{Objects: []record.Object{object(func(o *record.Object) { o.Verified = false })}},
			func(t record.Trial) any { return [3]any{t.GoodputMiBs, t.FailedObjects, t.Status} }, [3]any{0.0, 0, record.TrialOK}},
		{"goodput counts content, not chunk signatures", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 200), part(2, 1, 1, 1, 200, func(a *record.Attempt) { a.Bytes += 1000 })}},
			func(t record.Trial) any { return t.Bytes }, int64(2 * mib)},
		{"goodput of an object whose parts are unknown", Input{Attempts: []record.Attempt{}}, func(t record.Trial) any { return t.Bytes }, int64(2 * mib)},
		{"throughput", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 503), part(1, 2, 1, 1, 200), part(2, 1, 1, 1, 200)}}, func(t record.Trial) any { return t.ThroughputMiBs }, 1.5},
		{"efficiency", Input{}, func(t record.Trial) any { Compare(&t, 4); return *t.Efficiency }, 0.25},
		{"efficiency without an oracle", Input{}, func(t record.Trial) any { return t.Efficiency == nil }, true},

		{"amplification", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 503), part(1, 2, 1, 1, 200), part(2, 1, 1, 1, 200)}},
			func(t record.Trial) any { return [4]any{t.Calls, t.Attempts, t.Retries, t.Amplification} }, [4]any{2, 3, 1, 1.5}},
		{"the same call of two clients", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 200), part(1, 1, 0, 1, 200, func(a *record.Attempt) { a.Client = 2 })}},
			func(t record.Trial) any { return [2]any{t.Calls, t.Retries} }, [2]any{2, 0}},
		{"no calls", Input{Attempts: []record.Attempt{}}, func(t record.Trial) any { return [2]any{t.Calls, t.Amplification} }, [2]any{0, 0.0}},
		{"warm-up attempts", Input{WarmUpS: 0.5, Attempts: []record.Attempt{part(1, 1, 0, 1, 503), part(1, 2, 1, 1, 503), part(1, 3, 1.5, 0.5, 200), part(2, 1, 0.4, 1, 200)}},
			func(t record.Trial) any { return [4]any{t.Calls, t.Attempts, t.Retries, t.Calls2} }, [4]any{1, 2, 1, 1}},

		{"failed call", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 200), part(2, 1, 0, 1, 503), part(2, 2, 0, 1, 0)}},
			func(t record.Trial) any { return [2]any{t.FailedCalls, t.Calls1} }, [2]any{1, 1}},
		{"completed all the same", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 200), complete(1, 0), complete(2, 404)}},
			func(t record.Trial) any { return t.FailedCalls }, 0},
		{"failed call whose rows are out of order", Input{Attempts: []record.Attempt{part(2, 2, 1, 1, 200), part(2, 1, 0, 1, 503)}},
			func(t record.Trial) any { return [2]any{t.FailedCalls, t.Calls2} }, [2]any{0, 1}},
		{"calls cut off do not fail", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 0)}, Objects: []record.Object{object(func(o *record.Object) { o.Verified = false })}},
			func(t record.Trial) any { return [2]any{t.Calls, t.FailedCalls} }, [2]any{1, 0}},
		{"calls by attempts", Input{Attempts: []record.Attempt{
			part(1, 1, 0, 0, 503), part(1, 2, 0, 0, 503), part(1, 3, 0, 0, 200),
			part(2, 1, 0, 0, 503), part(2, 2, 0, 0, 503), part(2, 3, 0, 0, 503), part(2, 4, 0, 0, 503), part(2, 5, 0, 0, 200)}},
			func(t record.Trial) any { return [4]int{t.Calls1, t.Calls2, t.Calls3, t.Calls4Plus} }, [4]int{0, 0, 1, 1}},

		{"throttled", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 429), part(1, 2, 0, 1, 503, code("SlowDown")), part(1, 3, 0, 1, 503, code("ServiceUnavailable"))}},
			func(t record.Trial) any { return t.Throttled }, 2},
		{"early", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 200), part(1, 2, 0, 1, 200, early)}}, func(t record.Trial) any { return t.Early }, 1},
		{"wasted bytes", Input{Attempts: []record.Attempt{part(1, 1, 0, 1, 0), part(1, 2, 0, 1, 500), part(1, 3, 0, 1, 307), part(1, 4, 0, 1, 200)}},
			func(t record.Trial) any { return t.WastedBytes }, int64(3 * mib)},

		{"latency spans waits and retries", Input{Attempts: []record.Attempt{part(1, 1, 0.25, 0.25, 503), part(1, 2, 1.5, 0.25, 200)}},
			func(t record.Trial) any { return [3]float64{t.P50S, t.P95S, t.P99S} }, [3]float64{1.5, 1.5, 1.5}},
		{"latency leaves out what failed", Input{Attempts: []record.Attempt{part(1, 1, 0, 9, 503), part(2, 1, 0, 0.5, 200)}}, func(t record.Trial) any { return t.P99S }, 0.5},
		{"latency is of parts", Input{Attempts: []record.Attempt{part(1, 1, 0, 9, 200, func(a *record.Attempt) { a.Call = "create/1" })}}, func(t record.Trial) any { return t.P99S }, 0.0},

		{"latency of a call runs from its planned start", Input{WarmUpS: 0.05, Attempts: []record.Attempt{get(1, 1.5, 0.25, 503), get(2, 1.8, 0.1, 200)}, Objects: []record.Object{single()}},
			func(t record.Trial) any { return [3]float64{t.P50S, t.P95S, t.P99S} }, [3]float64{1.9, 1.9, 1.9}},
		{"latency leaves out calls planned in the warm-up", Input{WarmUpS: 0.5, Attempts: []record.Attempt{get(1, 1.8, 0.1, 200)}, Objects: []record.Object{single()}},
			func(t record.Trial) any { return t.P99S }, 0.0},
		{"latency of a call that was cut off is what it had waited", Input{Attempts: []record.Attempt{get(1, 1.8, 0.1, 0)}, Objects: []record.Object{single(func(o *record.Object) { o.Verified = false })}},
			func(t record.Trial) any { return [3]any{t.P99S, t.P99Censored, *t.CutOff} }, [3]any{1.9, true, 1}},
		{"a download counts", Input{Attempts: []record.Attempt{get(1, 1.8, 0.1, 200)}, Objects: []record.Object{single()}},
			func(t record.Trial) any { return [3]any{t.Bytes, t.GoodputMiBs, t.ThroughputMiBs} }, [3]any{int64(2 * mib), 1.0, 1.0}},
		{"carried out twice", Input{Ledger: []record.LedgerRow{once(1, 1, true), once(1, 1.2, true), once(1, 1.3, false), once(2, 1.2, true), once(1, 1.4, true)}},
			func(t record.Trial) any { return *t.Duplicates }, 2},
		{"carried out again in the warm-up", Input{WarmUpS: 1.3, Ledger: []record.LedgerRow{once(1, 1, true), once(1, 1.2, true)}},
			func(t record.Trial) any { return *t.Duplicates }, 0},
		{"nothing that is to be carried out once", Input{Ledger: []record.LedgerRow{{Kind: record.LedgerAttempt, Object: 1, Committed: true}}},
			func(t record.Trial) any { return t.Duplicates == nil }, true},

		{"content that is not as sent", Input{Objects: []record.Object{object(func(o *record.Object) { o.Verified, o.Problem = false, "ETag differs" })}},
			func(t record.Trial) any { return [3]any{t.Verified, t.Status, t.Problem} }, [3]any{false, record.TrialFailed, "object 1 of client 1: ETag differs"}},
		{"a problem of the run", Input{Problem: "ledger 3, client 4"}, func(t record.Trial) any { return [2]any{t.Status, t.Problem} }, [2]any{record.TrialFailed, "ledger 3, client 4"}},
		{"over the bound", Input{BoundMiBs: ptr(0.98)}, func(t record.Trial) any { return [2]any{t.Status, t.Problem} },
			[2]any{record.TrialInvalid, "goodput of 1 MiB/s is over the bound of 0.98 MiB/s"}},
		{"over the bound, where an upload was given up", Input{BoundMiBs: ptr(0.98), Objects: []record.Object{object(), {Client: 1, Ordinal: 2, Failed: true}}},
			func(t record.Trial) any { return t.Status }, record.TrialOK},
		{"at the bound", Input{BoundMiBs: ptr(0.995)}, func(t record.Trial) any { return t.Status }, record.TrialOK},
	} {
		in := c.in
		in.WallS = 2
		if in.Attempts == nil {
			in.Attempts = []record.Attempt{part(1, 1, 0, 1, 200), part(2, 1, 1, 1, 200)}
		}
		if in.Objects == nil {
			in.Objects = []record.Object{object()}
		}
		row := Of(in).Trial
		if got := c.got(row); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		v       []float64
		p, want float64
	}{
		{nil, 50, 0}, {ten, 0, 1}, {ten, 50, 5}, {ten, 51, 6}, {ten, 95, 10}, {ten, 100, 10},
		{[]float64{1, 2, 3}, 50, 2}, {[]float64{7}, 1, 7},
	} {
		if got := Percentile(c.v, c.p); got != c.want {
			t.Errorf("Percentile(%v, %v) = %v, want %v", c.v, c.p, got, c.want)
		}
	}
}

func TestTimeline(t *testing.T) {
	row := func(start, took float64, status int, code string) record.Attempt {
		return part(1, 1, start, took, status, func(a *record.Attempt) { a.Code = code; a.Call = "upload_part/9/1" })
	}
	in := Input{Trial: 7, WallS: 0.5, Attempts: []record.Attempt{
		part(1, 1, 0.05, 0.2, 200), // half of bin 0, then 0.1, then half of bin 2
		row(0.3, 0, 429, ""), row(0.3, 0, 503, "SlowDown"), row(0.3, 0, 404, ""), row(0.3, 0, 503, ""), row(0.3, 0, 0, ""),
	}, Objects: []record.Object{object(func(o *record.Object) { o.Size = mib })}}
	ticks := Of(in).Timeline
	want := []record.Tick{
		{Trial: 7, TS: 0, GoodputMiBs: 2.5, Attempts: 1, InFlight: 0.5},
		{Trial: 7, TS: 0.1, GoodputMiBs: 5, InFlight: 1},
		{Trial: 7, TS: 0.2, GoodputMiBs: 2.5, OK: 1, InFlight: 0.5},
		{Trial: 7, TS: 0.3, Attempts: 5, Throttled: 2, ClientError: 1, ServerError: 1, ConnError: 1},
		{Trial: 7, TS: 0.4},
	}
	if len(ticks) != len(want) {
		t.Fatalf("%d ticks, want %d", len(ticks), len(want))
	}
	for i, g := range ticks {
		w := want[i]
		near := math.Abs(g.GoodputMiBs-w.GoodputMiBs) < 1e-9 && math.Abs(g.InFlight-w.InFlight) < 1e-9
		g.GoodputMiBs, g.InFlight, w.GoodputMiBs, w.InFlight = 0, 0, 0, 0
		if g != w || !near {
			t.Errorf("tick %d = %+v, want %+v", i, ticks[i], want[i])
		}
	}
	if ticks := Of(Input{}).Timeline; ticks != nil {
		t.Errorf("a trial of no length has %d ticks", len(ticks))
	}
}

// Who fails, where the client or the trial's end has stopped attempts.
func TestFailedCalls(t *testing.T) {
	off := func(a *record.Attempt) { a.Status, a.Error = 0, "canceled" }
	failed := func(o *record.Object) { o.Verified, o.Failed, o.Problem = false, true, "other" }
	cut := func(o *record.Object) { o.Verified = false }
	broken := get(1, 0, 1, 0)
	broken.Error = "canceled"
	for _, c := range []struct {
		name     string
		attempts []record.Attempt
		object   record.Object
		want     [3]int // failed, calls_1, calls_2
	}{
		{"a hedge that lost", []record.Attempt{part(1, 1, 0, 1, 200), part(1, 2, 0.5, 0.5, 0, off)}, object(), [3]int{0, 0, 1}},
		{"a hedge that won", []record.Attempt{part(1, 1, 0, 1, 0, off), part(1, 2, 0.5, 0.5, 200)}, object(), [3]int{0, 0, 1}},
		{"a hedge that was refused", []record.Attempt{part(1, 1, 0, 1, 200), part(1, 2, 0.5, 0.1, 503)}, object(), [3]int{0, 0, 1}},
		{"refused after an answer that was no success", []record.Attempt{part(1, 1, 0, 1, 200), part(1, 2, 1.5, 0.1, 503)}, object(), [3]int{1, 0, 0}},
		{"parts called off when one has failed", []record.Attempt{part(1, 1, 0, 1, 503), part(2, 1, 0, 1, 0, off), part(3, 1, 0, 0.5, 200)}, object(failed), [3]int{1, 1, 0}},
		{"a call that its client gave up", []record.Attempt{broken}, single(failed), [3]int{1, 0, 0}},
		{"a call whose answer broke off", []record.Attempt{get(1, 0, 1, 200)}, single(failed), [3]int{1, 0, 0}},
		{"a call cut off in its answer", []record.Attempt{get(1, 0, 1, 200)}, single(cut), [3]int{0, 0, 0}},
		{"a call cut off before a retry", []record.Attempt{get(1, 0, 1, 503)}, single(cut), [3]int{0, 0, 0}},
		{"parts of an object that was cut off", []record.Attempt{part(1, 1, 0, 1, 200), part(2, 1, 0, 1, 503)}, object(cut), [3]int{0, 1, 0}},
	} {
		row := Of(Input{WallS: 2, Attempts: c.attempts, Objects: []record.Object{c.object}}).Trial
		if got := [3]int{row.FailedCalls, row.Calls1, row.Calls2}; got != c.want {
			t.Errorf("%s: %v failed calls, and with one and two attempts; want %v", c.name, got, c.want)
		}
	}
}

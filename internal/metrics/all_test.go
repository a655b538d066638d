package metrics

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

// drawn makes up a trial in which everything fits together: parts of objects, or single calls, with waits of all kinds, hints, hedges
// and objects that were cut off. Nothing follows a success.
type drawn struct {
	t    *rapid.T
	kind string
	in   Input
	next int
}

func (d *drawn) seconds(name string, most float64) float64 {
	return float64(rapid.IntRange(0, int(most*1000)).Draw(d.t, name)) / 1000
}

// The kinds of trials that are drawn.
const (
	upload = "upload"
	calls  = "calls"
	ranges = "ranges" // downloads, with a control plane
	goes   = "goes"   // uploads, with a control plane, that may be begun again from nothing
)

func draw(t *rapid.T, kind string) Input {
	d := &drawn{t: t, kind: kind}
	d.in.WarmUpS = rapid.SampledFrom([]float64{0, 0, 0.35, 2}).Draw(t, "warm-up")
	d.in.Clients = rapid.IntRange(1, 4).Draw(t, "clients")
	at := 0.0
	for n := range rapid.IntRange(0, 3).Draw(t, "phases") {
		p := record.Phase{Name: fmt.Sprint(n), FromS: at}
		at += 0.1 + d.seconds("phase", 2)
		p.ToS = at
		d.in.Phases = append(d.in.Phases, p)
	}
	if n := len(d.in.Phases); n > 0 {
		d.in.Phases[n-1].ToS = 0
	}
	for o := 1; o <= rapid.IntRange(0, 5).Draw(t, "objects"); o++ {
		d.object(o, kind)
	}
	for _, o := range d.in.Objects {
		d.in.WallS = max(d.in.WallS, o.EndS)
	}
	return d.in
}

func (d *drawn) object(ordinal int, kind string) {
	single := kind == calls
	o := record.Object{Client: rapid.IntRange(0, d.in.Clients-1).Draw(d.t, "client"), Ordinal: ordinal, Single: single, StartS: d.seconds("object", 3)}
	o.EndS = o.StartS
	fate := rapid.SampledFrom([]string{"verified", "verified", "failed", "cut off"}).Draw(d.t, "fate")
	parts, op := rapid.IntRange(1, 4).Draw(d.t, "parts"), "upload_part"
	if kind == goes {
		d.goes(&o, fate, parts)
		d.in.Objects = append(d.in.Objects, o)
		return
	}
	if single {
		parts, op = 1, rapid.SampledFrom([]string{"put_object", "get_object"}).Draw(d.t, "op")
	}
	if kind == ranges {
		op = "get_object"
	}
	for p := 1; p <= parts; p++ {
		name := record.CallName(op, ordinal, p)
		if kind != upload {
			name = record.Nth(record.CallName(op, ordinal, 0), p)
		}
		if kind == ranges {
			d.next++
			began := o.StartS + d.seconds("asked", 3)
			d.in.Attempts = append(d.in.Attempts, record.Attempt{Client: o.Client, Call: record.Nth("dcs_object", d.next), Op: "dcs_object", Attempt: 1, StartS: began, TookS: 0.01, Status: 200, ID: fmt.Sprint(d.next)})
		}
		ok := fate == "verified" || !single && rapid.Bool().Draw(d.t, "part succeeds")
		end, bytes := d.call(o.Client, name, op, o.StartS, ok)
		o.EndS = max(o.EndS, end)
		if ok {
			o.Size += bytes
		}
	}
	if single {
		o.EndS += d.seconds("answer", 0.5)
	}
	switch fate {
	case "verified":
		o.Verified = true
	case "failed":
		o.Failed, o.Problem = true, "other"
	}
	d.in.Objects = append(d.in.Objects, o)
}

// goes makes up a file that is begun again up to twice: whatever parts a go has brought, the next brings all of them anew.
func (d *drawn) goes(o *record.Object, fate string, parts int) {
	last := rapid.IntRange(1, 3).Draw(d.t, "goes")
	for n := 1; n <= last; n++ {
		d.next++
		began := o.EndS
		d.in.Attempts = append(d.in.Attempts, record.Attempt{Client: o.Client, Call: record.Nth("ucs_part_url", d.next), Op: "ucs_part_url", Attempt: 1, StartS: began, TookS: 0.01, Status: 200, ID: fmt.Sprint(d.next)})
		o.Size = 0
		for p := 1; p <= parts; p++ {
			ok := n == last && fate == "verified" || rapid.Bool().Draw(d.t, "part succeeds")
			end, bytes := d.call(o.Client, record.Nth(record.CallName("upload_part", o.Ordinal, p), n), "upload_part", began, ok)
			o.EndS = max(o.EndS, end)
			if ok {
				o.Size += bytes
			}
		}
	}
	o.Verified, o.Failed = fate == "verified", fate == "failed"
	if o.Failed {
		o.Problem = "other"
	}
}

// call makes up the attempts of a call, and returns when the last ended and what it brought.
func (d *drawn) call(client int, name, op string, start float64, ok bool) (end float64, bytes int64) {
	slot, queued := d.seconds("slot", 0.5), d.seconds("queued", 0.5)
	now := start + slot + queued
	knows := rapid.Bool().Draw(d.t, "stack")
	if !knows { // a single call's wait before its first attempt is known in any case
		slot, queued = 0, 0
	}
	n := rapid.IntRange(1, 5).Draw(d.t, "attempts")
	before := 0.0
	for i := 1; i <= n; i++ {
		d.next++
		took := d.seconds("took", 1)
		a := record.Attempt{
			Client: client, Call: name, Op: op, Attempt: i, StartS: now, TookS: took, ID: fmt.Sprint(d.next),
			Status: rapid.SampledFrom([]int{0, 307, 404, 429, 500, 503, 501}).Draw(d.t, "status"),
		}
		if op != "get_object" {
			a.Bytes = rapid.Int64Range(0, 8*mib).Draw(d.t, "bytes")
		}
		switch {
		case i == n && ok:
			a.Status = 200
			if op == "get_object" && d.kind == ranges {
				n := rapid.Int64Range(1, 8*mib).Draw(d.t, "received")
				a.ReceivedBytes, a.BodyS = &n, ptr(d.seconds("body", 1))
			}
		case a.Status == 0:
			a.Error = rapid.SampledFrom([]string{"reset", "timeout", "other"}).Draw(d.t, "error")
		}
		if i == 1 && knows {
			a.SlotS, a.QueuedS = &slot, &queued
		}
		if i > 1 {
			a.WaitedS = max(0, now-before)
		}
		if knows {
			connection := min(took, d.seconds("connection", 1))
			sending := min(took-connection, d.seconds("sending", 1))
			a.ConnectionS, a.SendingS = &connection, &sending
		}
		if rapid.Bool().Draw(d.t, "early") {
			a.Early, a.EarlyByS = true, ptr(d.seconds("by", 2))
		}
		d.in.Attempts = append(d.in.Attempts, a)
		row := record.LedgerRow{Kind: record.LedgerAttempt, ID: a.ID, TS: a.StartS, TookS: took, Status: a.Status, Op: op}
		if a.Status == 429 {
			row.RetryAfterS = ptr(d.seconds("hint", 2))
		}
		d.in.Ledger = append(d.in.Ledger, row)
		end, bytes = max(end, bodyEnd(&a)), a.Bytes+received(&a)
		before = now + took
		if op == "upload_part" && i < n && rapid.IntRange(0, 4).Draw(d.t, "hedge") == 0 {
			now += took / 2
		} else {
			now += took + d.seconds("wait", 1)
		}
	}
	return end, bytes
}

func TestAllProperties(t *testing.T) {
	for _, kind := range []string{upload, calls, ranges, goes} {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { check(t, draw(t, kind), kind == calls) })
		})
	}
}

func check(t *rapid.T, in Input, single bool) {
	n := Of(in)
	r := n.Trial

	shuffled := in
	rng := rand.New(rand.NewPCG(1, 2))
	shuffled.Attempts, shuffled.Ledger, shuffled.Objects = slices.Clone(in.Attempts), slices.Clone(in.Ledger), slices.Clone(in.Objects)
	rng.Shuffle(len(in.Attempts), func(i, j int) {
		shuffled.Attempts[i], shuffled.Attempts[j] = shuffled.Attempts[j], shuffled.Attempts[i]
	})
	rng.Shuffle(len(in.Ledger), func(i, j int) {
		shuffled.Ledger[i], shuffled.Ledger[j] = shuffled.Ledger[j], shuffled.Ledger[i]
	})
	rng.Shuffle(len(in.Objects), func(i, j int) {
		shuffled.Objects[i], shuffled.Objects[j] = shuffled.Objects[j], shuffled.Objects[i]
	})
	if again := Of(shuffled); !reflect.DeepEqual(n, again) {
		t.Fatalf("the order of rows matters:\n%+v\n%+v", n, again)
	}

	const eps = 1e-9
	if r.GoodputMiBs > r.ThroughputMiBs*(1+eps) {
		t.Fatalf("goodput %v, throughput %v", r.GoodputMiBs, r.ThroughputMiBs)
	}
	if r.ByteAmplification != nil && *r.ByteAmplification < 1-eps {
		t.Fatalf("byte amplification %v", *r.ByteAmplification)
	}
	// What was thrown away went over the wire, and nothing but goods and waste did.
	if b, waste := r.ByteAmplification, r.DiscardedBytes; b != nil && waste != nil && in.WarmUpS == 0 && math.Abs((*b-1)*float64(r.Bytes)-float64(*waste)) > 2+1e-9*float64(r.Bytes) {
		t.Fatalf("byte amplification %v of %d bytes, %d discarded", *b, r.Bytes, *waste)
	}
	if f := r.Fairness; f != nil && (*f < 1/float64(in.Clients)-eps || *f > 1+eps) {
		t.Fatalf("fairness %v of %d clients", *f, in.Clients)
	}
	if len(n.Detail.Clients) != in.Clients && r.WallS > 0 {
		t.Fatalf("%d clients, want %d", len(n.Detail.Clients), in.Clients)
	}

	objects := map[objectKey]record.Object{}
	for _, o := range in.Objects {
		objects[objectKey{o.Client, o.Ordinal}] = o
	}
	times := timesOf(callsOf(inOrder(in.Attempts)), objects, in.WarmUpS)
	for _, one := range times {
		want := one.response
		if !single {
			want += one.slot
		}
		if sum := one.slot + one.limiter + one.connection + one.sending + one.server + one.backoff; math.Abs(sum-want) > 1e-6 {
			t.Fatalf("the budget comes to %v, the time is %v: %+v", sum, want, one)
		}
		if one.service > one.response+eps || one.busy() > one.response+eps || one.busy() < 0 {
			t.Fatalf("response %v, service %v, busy %v", one.response, one.service, one.busy())
		}
	}
	control := 0
	if r.ControlCalls != nil { // all of them pass, at once
		control = *r.ControlCalls
		if *r.ControlAttempts != control || *r.DataAttempts != r.Attempts-control || r.Tokens != nil || r.RestartedFiles != nil {
			t.Fatalf("%d control calls, %d attempts, %d of the data plane of %d", control, *r.ControlAttempts, *r.DataAttempts, r.Attempts)
		}
		if (r.DataP50S != nil) != (len(times)+r.CutOff > 0) || r.DataP50S != nil && *r.DataP50S != r.P50S {
			t.Fatalf("p50 of parts %v and %v", show(r.DataP50S), r.P50S)
		}
	}
	if got := r.Calls1 + r.Calls2 + r.Calls3 + r.Calls4Plus - control; in.WarmUpS == 0 && got != len(times) {
		t.Fatalf("%d calls succeeded, %d have times", got, len(times))
	}
	for name, h := range map[string]string{"response": n.Detail.Response, "busy": n.Detail.Busy, "service": n.Detail.Service} {
		want := len(times)
		if name != "service" {
			want += r.CutOff
		}
		if got := total(t, h); got != want {
			t.Fatalf("the histogram %s has %d of %d", name, got, want)
		}
	}
	if got := total(t, n.Detail.EarlyBy); got != r.Early {
		t.Fatalf("the histogram of early attempts has %d of %d", got, r.Early)
	}
	if *r.FalseRetries > r.Attempts || *r.MissedRetries > r.FailedCalls || *r.WastedWaitS < 0 {
		t.Fatalf("false retries %d of %d, missed %d of %d, wasted %v s", *r.FalseRetries, r.Attempts, *r.MissedRetries, r.FailedCalls, *r.WastedWaitS)
	}
	checkPhases(t, in, n)
}

// checkPhases: they add up to the trial, and to what was left unfinished.
func checkPhases(t *rapid.T, in Input, n Numbers) {
	if len(in.Phases) == 0 {
		if len(n.Phases) > 0 {
			t.Fatalf("phases of a scenario that has none")
		}
		return
	}
	var sum record.Trial
	var goodput, throughput float64
	for _, p := range n.Phases {
		sum.Attempts += p.Attempts
		sum.Calls += p.Calls
		sum.FailedCalls += p.FailedCalls
		sum.Throttled += p.Throttled
		sum.Early += p.Early
		sum.WastedBytes += p.WastedBytes
		sum.Retries += p.Retries
		goodput += p.GoodputMiBs * (p.ToS - p.FromS)
		throughput += p.ThroughputMiBs * (p.ToS - p.FromS)
		if p.Amplification != nil && *p.Amplification < 1 {
			t.Fatalf("amplification %v in %s", *p.Amplification, p.Phase)
		}
		if p.GoodputMiBs > p.ThroughputMiBs*(1+1e-9)+1e-9 {
			t.Fatalf("goodput %v, throughput %v in %s", p.GoodputMiBs, p.ThroughputMiBs, p.Phase)
		}
	}
	r := n.Trial
	got := [6]int{sum.Attempts, sum.Calls, sum.FailedCalls, sum.Throttled, sum.Early, int(sum.WastedBytes)}
	if want := [6]int{r.Attempts, r.Calls, r.FailedCalls, r.Throttled, r.Early, int(r.WastedBytes)}; got != want {
		t.Fatalf("phases come to %v, the trial to %v", got, want)
	}
	if in.WarmUpS == 0 && sum.Retries != r.Retries {
		t.Fatalf("phases have %d retries, the trial %d", sum.Retries, r.Retries)
	}
	instant := func(p record.PhaseRow) bool { return p.ToS <= p.FromS } // has no rates
	if slices.ContainsFunc(n.Phases, instant) {
		return
	}
	done := r.GoodputMiBs*r.WallS + float64(r.UnfinishedBytes)/mib
	if math.Abs(goodput-done) > 2e-6 || math.Abs(throughput-r.ThroughputMiBs*r.WallS) > 1e-6 { // unfinished bytes are whole
		t.Fatalf("phases have %v and %v MiB, the trial %v and %v", goodput, throughput, done, r.ThroughputMiBs*r.WallS)
	}
}

func total(t *rapid.T, encoded string) int {
	if encoded == "" {
		return 0
	}
	h, err := hdrhistogram.Decode([]byte(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return int(h.TotalCount())
}

// What is added up while a trial happens is what is computed when it has ended, as far as it is known.
func TestAggregateIsTheSame(t *testing.T) {
	unknown := []string{"Connections", "MissedRetries", "SlotS", "ConnectionS", "SendingS", "HintCompliance", "LateByS", "LateByMaxS"}
	rapid.Check(t, func(t *rapid.T) {
		in := draw(t, calls)
		for i := range in.Attempts { // what a fleet's recorder does not know
			a := &in.Attempts[i]
			a.SlotS, a.QueuedS, a.ConnectionS, a.SendingS = nil, nil, nil, nil
		}
		g := NewAggregate(in.WarmUpS, in.Phases, in.Clients)
		for i := range in.Ledger {
			g.Ledger(&in.Ledger[i])
		}
		for i := range in.Attempts {
			g.Attempt(&in.Attempts[i])
		}
		byObject := map[int][]record.Attempt{}
		for _, a := range in.Attempts {
			_, o, _ := record.ParseCall(a.Call)
			byObject[o] = append(byObject[o], a)
		}
		for _, o := range in.Objects {
			g.Call(asCall(o, byObject[o.Ordinal], in.WarmUpS))
		}
		got, _ := g.Trial(in)
		want := Of(in)
		unknown := unknown
		if want.Trial.CutOff > 0 { // of times that are nearly the same it matters which is first, and histograms do not tell: TestLengthsProperties
			unknown = append(slices.Clip(unknown), "P50S", "P95S", "P99S", "P50Censored", "P95Censored", "P99Censored")
			got.Detail.Response, want.Detail.Response = "", ""
		}
		alike(t, "trial", reflect.ValueOf(got.Trial), reflect.ValueOf(want.Trial), unknown)
		if len(got.Phases) != len(want.Phases) {
			t.Fatalf("%d phases, want %d", len(got.Phases), len(want.Phases))
		}
		for i := range got.Phases {
			alike(t, got.Phases[i].Phase, reflect.ValueOf(got.Phases[i]), reflect.ValueOf(want.Phases[i]), unknown)
		}
		got.Detail.Busy, want.Detail.Busy = "", "" // goes by sums of rounded times
		want.Detail.LateBy = ""
		if !reflect.DeepEqual(got.Detail, want.Detail) {
			t.Fatalf("details\n%+v\n%+v", got.Detail, want.Detail)
		}
	})
}

// asCall is what the recorder of a fleet tells of a call.
func asCall(o record.Object, attempts []record.Attempt, warmUp float64) Call {
	slices.SortFunc(attempts, func(a, b record.Attempt) int { return cmp.Compare(a.Attempt, b.Attempt) })
	c := Call{Object: o}
	hopeless := false
	for _, a := range attempts {
		if a.StartS >= warmUp {
			if c.Attempts++; c.Attempts == 1 {
				c.FirstS = a.StartS
			}
			if hopeless {
				c.Hopeless++
			}
		}
		if !c.Succeeded {
			c.WaitedS += a.WaitedS
		}
		if a.Status == 200 {
			c.Succeeded, c.OKStartS, c.OKEndS = true, a.StartS, end(&a)
		}
		hopeless = Hopeless(a.Status, a.Code)
		c.Download = a.Op == "get_object"
	}
	return c
}

// alike compares all numbers of two rows, to three digits.
func alike(t *rapid.T, where string, got, want reflect.Value, skip []string) {
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		g, w := got.Field(i), want.Field(i)
		if slices.Contains(skip, name) {
			continue
		}
		if g.Kind() == reflect.Pointer {
			if g.IsNil() != w.IsNil() {
				t.Fatalf("%s: %s is %v, want %v", where, name, g, w)
			}
			if g.IsNil() {
				continue
			}
			g, w = g.Elem(), w.Elem()
		}
		if g.Kind() == reflect.Float64 {
			if a, b := g.Float(), w.Float(); math.Abs(a-b) > 2e-3*math.Abs(b)+2e-6 {
				t.Fatalf("%s: %s is %v, want %v", where, name, a, b)
			}
		} else if !g.Equal(w) {
			t.Fatalf("%s: %s is %v, want %v", where, name, g, w)
		}
	}
}

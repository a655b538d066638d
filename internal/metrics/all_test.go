package metrics

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

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
		if (r.DataP50S != nil) != (len(times)+*r.CutOff > 0) || r.DataP50S != nil && *r.DataP50S != r.P50S {
			t.Fatalf("p50 of parts %v and %v", show(r.DataP50S), r.P50S)
		}
	}
	if got := r.Calls1 + r.Calls2 + r.Calls3 + r.Calls4Plus - control; in.WarmUpS == 0 && got != len(times) {
		t.Fatalf("%d calls succeeded, %d have times", got, len(times))
	}
	for name, h := range map[string]string{"response": n.Detail.Response, "busy": n.Detail.Busy, "service": n.Detail.Service} {
		want := len(times)
		if name != "service" {
			want += *r.CutOff
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

package metrics

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

// genInput draws a trial whose attempts are in order and whose objects are anything.
func genInput(t *rapid.T) Input {
	in := Input{WarmUpS: rapid.SampledFrom([]float64{0, 0.35, 2}).Draw(t, "warm-up")}
	span := rapid.Float64Range(0, 1)
	for o := 1; o <= rapid.IntRange(0, 3).Draw(t, "objects"); o++ {
		obj := record.Object{Client: 1, Ordinal: o, Size: rapid.Int64Range(0, 64*mib).Draw(t, "size")}
		switch rapid.IntRange(0, 2).Draw(t, "fate") {
		case 0:
			obj.Failed = true
		case 1:
			obj.Verified = true
		}
		for p := 1; p <= rapid.IntRange(0, 4).Draw(t, "parts"); p++ {
			now := span.Draw(t, "start") * 3
			n := rapid.IntRange(1, 6).Draw(t, "attempts")
			for a := 1; a <= n; a++ {
				took := span.Draw(t, "took")
				in.Attempts = append(in.Attempts, record.Attempt{
					Client: 1, Call: record.CallName("upload_part", o, p), Attempt: a, StartS: now, TookS: took,
					Bytes:  rapid.Int64Range(0, 8*mib).Draw(t, "bytes"),
					Status: rapid.SampledFrom([]int{200, 200, 0, 307, 404, 429, 500, 503}).Draw(t, "status"),
				})
				now += took + span.Draw(t, "wait")
				obj.EndS = max(obj.EndS, now)
			}
		}
		in.WallS = max(in.WallS, obj.EndS)
		in.Objects = append(in.Objects, obj)
	}
	if rapid.Bool().Draw(t, "trouble") {
		at := span.Draw(t, "from") * 3
		in.Ledger = []record.LedgerRow{{Kind: record.LedgerWindow, TS: at, EndS: at + span.Draw(t, "for")}}
	}
	return in
}

func TestTrialProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := genInput(t)
		n := Of(in)
		row, ticks := n.Trial, n.Timeline

		if row.Calls > 0 && row.Amplification < 1 || row.Retries < 0 || row.Attempts != row.Calls+row.Retries {
			t.Fatalf("calls %d, attempts %d, retries %d, amplification %v", row.Calls, row.Attempts, row.Retries, row.Amplification)
		}
		if ended := row.Calls1 + row.Calls2 + row.Calls3 + row.Calls4Plus + row.FailedCalls; ended > row.Calls {
			t.Fatalf("%d calls ended of %d", ended, row.Calls)
		}
		if row.P50S > row.P95S || row.P95S > row.P99S {
			t.Fatalf("percentiles %v %v %v", row.P50S, row.P95S, row.P99S)
		}
		if row.RecoveryS != nil && *row.RecoveryS < 0 {
			t.Fatalf("recovery %v", *row.RecoveryS)
		}
		for _, f := range []float64{row.GoodputMiBs, row.ThroughputMiBs, row.Amplification, row.WallS, row.P99S} {
			if math.IsNaN(f) || math.IsInf(f, 0) || f < 0 {
				t.Fatalf("not a quantity: %+v", row)
			}
		}

		var verified, unfinished, goodput, inFlight, busy float64
		var begun, ended int
		for _, o := range in.Objects {
			switch {
			case o.Verified:
				verified += float64(o.Size) / mib
			case !o.Failed: // cut off
				unfinished += min(float64(o.Size), cameThrough(in, o.Ordinal)) / mib
			}
		}
		for i := range in.Attempts {
			busy += in.Attempts[i].TookS
		}
		for _, k := range ticks {
			goodput += k.GoodputMiBs * record.BinS
			inFlight += k.InFlight * record.BinS
			begun += k.Attempts
			ended += k.OK + k.Throttled + k.ClientError + k.ServerError + k.ConnError
		}
		if len(ticks) > 0 && (begun != len(in.Attempts) || ended != len(in.Attempts)) {
			t.Fatalf("timeline: %d begun, %d ended of %d attempts", begun, ended, len(in.Attempts))
		}
		if len(ticks) > 0 && (math.Abs(goodput-verified-unfinished) > 1e-6 || math.Abs(inFlight-busy) > 1e-6) {
			t.Fatalf("timeline: goodput %v of %v and %v MiB, in flight %v of %v s", goodput, verified, unfinished, inFlight, busy)
		}
		if in.WarmUpS == 0 && (math.Abs(float64(row.Bytes)/mib-verified) > 1e-6 || math.Abs(float64(row.UnfinishedBytes)/mib-unfinished) > 1e-6) {
			t.Fatalf("bytes %v MiB of %v, unfinished %v of %v", float64(row.Bytes)/mib, verified, float64(row.UnfinishedBytes)/mib, unfinished)
		}
		if in.WarmUpS > 0 && float64(row.Bytes) > verified*mib+1 {
			t.Fatalf("a warm-up added bytes: %v of %v MiB", float64(row.Bytes)/mib, verified)
		}
	})
}

// cameThrough is what the first attempt that succeeded of each part of an object brought, in bytes.
func cameThrough(in Input, object int) (sum float64) {
	first := map[string]*record.Attempt{}
	for i := range in.Attempts {
		a := &in.Attempts[i]
		if _, o, _ := record.ParseCall(a.Call); o != object || a.Status != 200 {
			continue
		}
		if b := first[a.Call]; b == nil || a.Attempt < b.Attempt {
			first[a.Call] = a
		}
	}
	for _, a := range first {
		sum += float64(a.Bytes)
	}
	return sum
}

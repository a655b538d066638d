package metrics

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// asked is an attempt of a control call that took a second.
func asked(op string, object, part, nth, attempt int, start float64, status int) record.Attempt {
	return record.Attempt{Client: 1, Call: record.Nth(record.CallName(op, object, part), nth), Op: op, Attempt: attempt, StartS: start, TookS: 1, Status: status}
}

func sent(part, nth, attempt int, start float64, status int) record.Attempt {
	return record.Attempt{
		Client: 1, Call: record.Nth(record.CallName("upload_part", 1, part), nth), Op: "upload_part", Attempt: attempt, StartS: start, TookS: 1, Status: status, Bytes: mib,
	}
}

// A file of two parts is brought in two goes. In the first, part 2 is refused, and the file begins again.
func twoGoes() Input {
	in := Input{WallS: 20, Clients: 2, Attempts: []record.Attempt{
		asked("wps_package", 0, 0, 1, 1, 0, 200),
		asked("wps_token", 1, 0, 1, 1, 1, 0), // the answer was lost
		asked("wps_token", 1, 0, 1, 2, 2, 201),
		asked("ucs_create", 1, 0, 1, 1, 3, 201),
		asked("ucs_part_url", 1, 1, 1, 1, 4, 200),
		sent(1, 1, 1, 5, 200),
		asked("ucs_part_url", 1, 2, 1, 1, 5, 401),
		asked("ucs_part_url", 1, 2, 2, 1, 6, 200), // with a new token
		sent(2, 1, 1, 7, 503), sent(2, 1, 2, 8, 503),
		asked("ucs_create", 1, 0, 2, 1, 10, 201),
		sent(1, 2, 1, 11, 503),
		sent(1, 3, 1, 12, 200),
		sent(2, 2, 1, 12, 503), sent(2, 2, 2, 14, 200),
		asked("ucs_complete", 1, 0, 1, 1, 15, 204),
	}}
	for _, committed := range []bool{true, true, false} {
		in.Ledger = append(in.Ledger, record.LedgerRow{Kind: record.LedgerAttempt, Op: "wps_token", TS: 1, Committed: committed})
	}
	// The answer to the first creation was lost; it was asked for again, and refused. The second go is a creation, too.
	for i, committed := range []bool{true, false, true} {
		in.Ledger = append(in.Ledger, record.LedgerRow{Kind: record.LedgerAttempt, Op: "ucs_create", Object: 1, TS: float64(3 + 3*i), Committed: committed})
	}
	in.Objects = []record.Object{{Client: 1, Ordinal: 1, Size: 2 * mib, EndS: 16, Verified: true}}
	return in
}

func TestPlanes(t *testing.T) {
	in := twoGoes()
	orphans := 3
	in.Orphans = &orphans
	n := Of(in)
	r := n.Trial
	whole := func(name string, got *int, want int) {
		t.Helper()
		if got == nil || *got != want {
			t.Errorf("%s = %v, want %d", name, got, want)
		}
	}
	whole("control_calls", r.ControlCalls, 8)
	whole("control_attempts", r.ControlAttempts, 9)
	whole("data_attempts", r.DataAttempts, 7)
	whole("tokens", r.Tokens, 2)
	whole("restarted_files", r.RestartedFiles, 1)
	whole("orphaned_uploads", r.OrphanedUploads, 3)
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"control_calls_per_part": {r.ControlCallsPerPart, 8.0 / 3}, "control_p50_s": {r.ControlP50S, 1}, "control_p99_s": {r.ControlP99S, 2},
		"data_p50_s": {r.DataP50S, 1}, "data_p99_s": {r.DataP99S, 3}, "byte_amplification": {r.ByteAmplification, 3.5},
	} {
		if !same(c.got, c.want) {
			t.Errorf("%s = %v, want %v", name, show(c.got), c.want)
		}
	}
	// Seven attempts at parts moved a MiB each, two of them for good.
	if r.DiscardedBytes == nil || *r.DiscardedBytes != 5*mib {
		t.Errorf("discarded_bytes = %v", r.DiscardedBytes)
	}
	if waste := float64(*r.DiscardedBytes) / float64(r.Bytes); !same(r.ByteAmplification, 1+waste) {
		t.Errorf("byte_amplification = %v, with %v discarded for each byte", show(r.ByteAmplification), waste)
	}
	// Each failed once and then was another call: the URL that was refused, part 2 that was given up, part 1 that was.
	if r.Calls != 13 || r.Retries != 3 || r.FailedCalls != 3 || *r.MissedRetries != 0 {
		t.Errorf("%d calls, %d retries, %d failed, %d missed", r.Calls, r.Retries, r.FailedCalls, *r.MissedRetries)
	}
	// What the first go brought was given up with it: nothing of the file came before the eleventh second.
	for _, tick := range n.Timeline {
		if want := tick.TS >= 12 && tick.TS < 13 || tick.TS >= 14 && tick.TS < 15; want != (tick.GoodputMiBs > 0) {
			t.Fatalf("goodput of %v MiB/s at %v s", tick.GoodputMiBs, tick.TS)
		}
	}
}

// What was created in the warm-up is begun again after it, and parts of files that fail were brought as well.
func TestPlanesOfFailure(t *testing.T) {
	in := twoGoes()
	in.WarmUpS = 4
	in.Objects[0].Verified, in.Objects[0].Failed = false, true
	r := Of(in).Trial
	if *r.RestartedFiles != 1 || *r.DiscardedBytes != 7*mib || !same(r.ControlCallsPerPart, 5.0/3) {
		t.Errorf("%d begun again, %d bytes discarded, %v control calls per part", *r.RestartedFiles, *r.DiscardedBytes, show(r.ControlCallsPerPart))
	}
	in.WarmUpS = 10
	if r := Of(in).Trial; *r.RestartedFiles != 0 {
		t.Errorf("%d begun again", *r.RestartedFiles)
	}
}

func TestNoControlPlane(t *testing.T) {
	r := Of(Input{WallS: 2, Attempts: []record.Attempt{part(1, 1, 0, 1, 200)}, Objects: []record.Object{object()}}).Trial
	if r.ControlCalls != nil || r.ControlAttempts != nil || r.ControlCallsPerPart != nil || r.DataAttempts != nil || r.Tokens != nil ||
		r.ControlP50S != nil || r.DataP50S != nil || r.OrphanedUploads != nil || r.RestartedFiles != nil || r.DiscardedBytes != nil {
		t.Errorf("%+v", r)
	}
}

// A file of 4 MiB comes in two ranges; the first breaks off after half, and goes on from there.
//
//	at 1 s: headers at 2, 1 MiB until 4, broken; at 5: headers at 6, the other 1 MiB until 7
//	at 2 s: handed over at 1.5, refused at 3; at 4: headers at 5, 2 MiB until 9
func TestRanges(t *testing.T) {
	ranged := func(nth, attempt int, start float64, status int, bytes int64, body float64) record.Attempt {
		a := record.Attempt{Client: 1, Call: record.Nth("get_object/1", nth), Op: "get_object", Attempt: attempt, StartS: start, TookS: 1, Status: status}
		if bytes > 0 {
			a.ReceivedBytes, a.BodyS = &bytes, &body
		}
		return a
	}
	in := Input{WallS: 10, Clients: 2, Attempts: []record.Attempt{
		asked("dcs_object", 1, 0, 1, 1, 0, 200),
		ranged(1, 1, 1, 206, mib, 2), ranged(3, 1, 5, 206, mib, 1),
		ranged(2, 1, 2, 503, 0, 0), ranged(2, 2, 4, 206, 2*mib, 4),
	}}
	in.Attempts[1].Error = "eof"
	in.Attempts[3].QueuedS, in.Attempts[3].SlotS = ptr(0.5), ptr(1.5)
	in.Attempts[4].WaitedS = 1
	in.Objects = []record.Object{{Client: 1, Ordinal: 1, Size: 4*mib - 1000, EndS: 9, Verified: true}}
	in.Phases = []record.Phase{{Name: "one", ToS: 5}, {Name: "two", FromS: 5}}
	n := Of(in)
	r := n.Trial
	if r.Bytes != 4*mib-1000 || !near(r.ThroughputMiBs, 0.4) || !same(r.ByteAmplification, 4.0*mib/(4*mib-1000)) || r.WastedBytes != 0 {
		t.Errorf("%d bytes, throughput %v, amplification %v, wasted %d", r.Bytes, r.ThroughputMiBs, show(r.ByteAmplification), r.WastedBytes)
	}
	// Of the ranges that came whole, one took 2 s, the other 7.5 s: half a second for the stack, 1 s refused, 1 s of waiting, 1 s and 4 s.
	if !near(r.P50S, 2) || !near(r.P99S, 7.5) || !same(r.DataP99S, 7.5) || !same(r.ServiceP99S, 5) || !same(r.BackoffS, 0.5) || !same(r.ServerS, (2+6.0)/2) {
		t.Errorf("p50 %v, p99 %v, service %v, backoff %v, server %v", r.P50S, r.P99S, show(r.ServiceP99S), show(r.BackoffS), show(r.ServerS))
	}
	if !same(r.ControlCallsPerPart, 0.5) || r.FailedCalls != 0 || r.RestartedFiles != nil {
		t.Errorf("%v control calls per part, %d failed calls", show(r.ControlCallsPerPart), r.FailedCalls)
	}
	// What came twice was moved in vain once; without its file all was.
	for _, tt := range []struct {
		moved    int64
		verified bool
		want     int64
	}{{0, true, 0}, {4 * mib, true, 0}, {3 * mib, true, mib}, {4 * mib, false, 4 * mib}} {
		in.Objects[0].Moved, in.Objects[0].Verified = tt.moved, tt.verified
		if got := Of(in).Trial.DiscardedBytes; *got != tt.want {
			t.Errorf("an object of %d bytes, verified %v: %d discarded, want %d", tt.moved, tt.verified, *got, tt.want)
		}
	}
	// Until 5 s: the first MiB, and a fifth of the last two.
	share := float64(4*mib-1000) / (4 * mib)
	if got, want := n.Phases[0].GoodputMiBs*5, 1.4*share; !near(got, want) || !near(n.Phases[0].ThroughputMiBs*5, 1.4) {
		t.Errorf("phase one: %v MiB verified, want %v; %v moved", got, want, n.Phases[0].ThroughputMiBs*5)
	}
	last := 0.0
	for _, tick := range n.Timeline {
		if tick.GoodputMiBs > 0.001 {
			last = tick.TS
		}
	}
	if last < 8.85 || last > 8.95 {
		t.Errorf("the last of it came at %v s", last)
	}
}

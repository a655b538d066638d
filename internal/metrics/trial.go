package metrics

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/record"
)

// mib is the number of bytes in a MiB.
const mib = 1 << 20

// boundSlack is how far over its bound a goodput may be before the trial is invalid: clocks and bursts at the edges.
const boundSlack = 1.01

// Input is all that is known about a trial that has ended.
type Input struct {
	Trial       int
	Contestant  string
	PartSize    int64 // bytes
	Concurrency int
	Repeat      int
	Seed        uint64
	WarmUpS     float64 // zero: none
	// WallS runs from the trial's beginning to its last end, the warm-up included.
	WallS     float64
	Attempts  []record.Attempt // in any order
	Objects   []record.Object
	Ledger    []record.LedgerRow // windows, hints, and what is to be carried out once
	BoundMiBs *float64           // nil: nothing bounds the goodput
	// TransportReplays is the number of requests that net/http repeated by itself.
	TransportReplays int
	// TimedOut is the number of objects that were under way when the trial ran into its timeout.
	TimedOut int
	// Problem, if not empty, fails the trial: an I/O error, or a reconciliation that did not come out even.
	Problem string
}

// Trial computes a trial's row and its timeline. It never fails: a trial with nothing in it gets zeros.
func Trial(in Input) (record.Trial, []record.Tick) {
	t := newRow(in)
	objects := map[objectKey]record.Object{}
	for _, o := range in.Objects {
		objects[objectKey{o.Client, o.Ordinal}] = o
		t.Objects++
		if o.Failed {
			t.FailedObjects++
		}
	}
	calls := callsOf(in.Attempts)
	countAttempts(&t, in)
	countCalls(&t, calls, objects, in.WarmUpS)
	var twice duplicates
	for i := range in.Ledger {
		twice.row(&in.Ledger[i], in.WarmUpS)
	}
	t.Duplicates = twice.result()
	t.Connections = connections(in.Attempts)

	delivered := deliveries(calls, in.Objects)
	var bytes float64
	for _, d := range delivered {
		if d.from >= in.WarmUpS {
			bytes += d.bytes
		}
	}
	t.Bytes = int64(bytes + 0.5)
	if t.WallS > 0 {
		t.GoodputMiBs = bytes / mib / t.WallS
	}
	ticks := timeline(in, delivered)
	t.RecoveryS, t.RecoveryCensored = Recovery(ticks, in.Ledger, in.WarmUpS, lastEnd(delivered), in.WallS)
	judge(&t, in)
	return t, ticks
}

// newRow is a trial's row before anything is counted.
func newRow(in Input) record.Trial {
	return record.Trial{
		Trial: in.Trial, Contestant: in.Contestant, PartSize: in.PartSize, Concurrency: in.Concurrency,
		Repeat: in.Repeat, Seed: in.Seed, BoundMiBs: in.BoundMiBs,
		TransportReplays: in.TransportReplays, TimedOut: in.TimedOut, Status: record.TrialOK, Verified: true,
		WallS: max(0, in.WallS-in.WarmUpS),
	}
}

// Compare fills in what a trial reached of the oracle's goodput in the same cell, which is more than zero.
func Compare(t *record.Trial, oracleMiBs float64) {
	e := t.GoodputMiBs / oracleMiBs
	t.OracleMiBs, t.Efficiency = &oracleMiBs, &e
}

// countAttempts fills in what is counted attempt by attempt.
func countAttempts(t *record.Trial, in Input) {
	var sent int64
	for i := range in.Attempts {
		a := &in.Attempts[i]
		if a.StartS < in.WarmUpS {
			continue
		}
		t.Attempts++
		sent += a.Bytes
		if !succeeded(a) {
			t.WastedBytes += a.Bytes
		}
		if a.Throttled() {
			t.Throttled++
		}
		if a.Early {
			t.Early++
		}
	}
	if t.WallS > 0 {
		t.ThroughputMiBs = float64(sent) / mib / t.WallS
	}
}

// judge sets the trial's status. A problem of the run outweighs an object that is not as it was sent, and that a goodput
// which cannot be.
func judge(t *record.Trial, in Input) {
	for _, o := range in.Objects {
		if !o.Failed && !o.Verified && o.Problem != "" {
			t.Verified = false
			t.Status = record.TrialFailed
			t.Problem = fmt.Sprintf("object %d of client %d: %s", o.Ordinal, o.Client, o.Problem)
			break
		}
	}
	switch {
	case in.Problem != "":
		t.Status, t.Problem = record.TrialFailed, in.Problem
	case t.Status == record.TrialFailed:
	case in.BoundMiBs != nil && t.GoodputMiBs > boundSlack**in.BoundMiBs:
		t.Status = record.TrialInvalid
		t.Problem = fmt.Sprintf("goodput of %.4g MiB/s is over the bound of %.4g MiB/s", t.GoodputMiBs, *in.BoundMiBs)
	}
}

func succeeded(a *record.Attempt) bool { return a.Status >= 200 && a.Status < 300 }

// connections counts the connections that attempts went over; nil: none was had.
func connections(attempts []record.Attempt) *int {
	seen := map[int]bool{}
	for i := range attempts {
		if n := attempts[i].Connection; n > 0 {
			seen[n] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	n := len(seen)
	return &n
}

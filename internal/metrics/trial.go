package metrics

import (
	"cmp"
	"fmt"
	"slices"

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
	Ledger    []record.LedgerRow // in any order
	Phases    []record.Phase     // of the scenario, in order
	Clients   int                // numbered from 0; zero: those that attempts and objects name
	BoundMiBs *float64           // nil: nothing bounds the goodput
	// Planned is how many objects the trial was to have. Zero: as many as fit into its time.
	Planned int
	// TransportReplays is the number of requests that net/http repeated by itself.
	TransportReplays int
	// TimedOut is the number of objects that were under way when the trial ran into its timeout.
	TimedOut int
	// CPU is the share of the machine's processors that the process had; nil: not known. Saturated says what it was short of.
	CPU       *float64
	Saturated string
	// Orphans is the number of multipart uploads that were left open and that nobody will go on with; nil: nobody has counted them.
	Orphans *int
	// Problem, if not empty, fails the trial: an I/O error, or a reconciliation that did not come out even.
	Problem string
}

// Numbers is all that is computed of a trial.
type Numbers struct {
	Trial    record.Trial
	Timeline []record.Tick
	Phases   []record.PhaseRow
	Detail   record.Detail
}

// Of computes the numbers of a trial. It never fails: a trial with nothing in it gets zeros. The order of the input's rows does not
// matter.
func Of(in Input) Numbers {
	t := newRow(in)
	d := record.Detail{Trial: in.Trial}
	in.Objects = slices.SortedFunc(slices.Values(in.Objects), func(a, b record.Object) int {
		return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	objects := map[objectKey]record.Object{}
	clients := newShares(in.Clients)
	t.ObjectsCutOff = new(int)
	for _, o := range in.Objects {
		objects[objectKey{o.Client, o.Ordinal}] = o
		clients.add(o.Client, 0)
		t.Objects++
		if o.Failed {
			t.FailedObjects++
			if o.Reason != "" {
				d.Failed = append(d.Failed, record.FailedFile{Client: o.Client, Object: o.Ordinal, Reason: o.Reason})
			}
		}
		if cutOff(o) {
			*t.ObjectsCutOff++
		}
	}
	if in.Planned > 0 {
		left := max(0, in.Planned-t.Objects)
		t.NotBegun = &left
	}
	attempts := inOrder(in.Attempts)
	calls := callsOf(attempts)
	stretches := newPhases(in.Phases, in.WarmUpS, false)
	sent := countAttempts(&t, attempts, in.WarmUpS, stretches, &d)
	countCalls(&t, calls, objects, in, stretches)
	t.Connections = connections(attempts)
	hints := hintsOf(calls, toldOf(in.Ledger), in.WarmUpS)
	hints.count(&t, &d)

	times := timesOf(calls, objects, in.WarmUpS)
	open := waitingOf(calls, objects, in.WarmUpS)
	response := lengthsWith(times, func(t *timed) float64 { return t.response }, open, func(w *waiting) float64 { return w.response })
	busy := lengthsWith(times, (*timed).busy, open, func(w *waiting) float64 { return w.busy })
	t.CutOff = new(len(open))
	countResponse(&t, &response)
	countTimes(&t, times)
	var service histogram
	for i := range times {
		service.add(times[i].service)
		stretches.response(times[i].began, times[i].response)
	}
	for _, w := range open {
		stretches.waited(w.began, w.response)
	}
	d.Response, d.Busy, d.Service = response.encode(), busy.encode(), service.encode()
	d.ResponseLimits, d.BusyLimits = response.limits(), busy.limits()

	var twice duplicates
	var herd herds
	for i := range in.Ledger {
		twice.row(&in.Ledger[i], in.WarmUpS)
		herd.row(&in.Ledger[i])
	}
	t.Duplicates = twice.result()
	t.HerdIndex, d.Herd = herd.worst(in.WarmUpS, in.WallS)

	delivered := deliveries(calls, in.Objects)
	var bytes, seen, wire, unfinished float64
	for _, one := range delivered {
		if one.from < in.WarmUpS {
			continue
		}
		stretches.delivery(one)
		if one.unfinished {
			unfinished += one.bytes
			continue
		}
		bytes += one.bytes
		if one.seen {
			seen += one.bytes
		}
		wire += one.wire
		clients.add(one.client, one.bytes)
	}
	t.Bytes, t.UnfinishedBytes = int64(bytes+0.5), int64(unfinished+0.5)
	if t.WallS > 0 {
		t.GoodputMiBs = bytes / mib / t.WallS
		t.ThroughputMiBs = (float64(sent) + bytes - seen) / mib / t.WallS
	}
	t.ByteAmplification = ratio(float64(sent), seen)
	clients.count(&t, &d)
	countPlanes(&t, calls, &response, in, wire)
	ticks := timeline(in, attempts, delivered)
	countTrouble(&t, ticks, in.Ledger, in.WarmUpS, Ends{lastEnd(delivered), lastOpen(in.Objects), in.WallS})
	judge(&t, in)
	return Numbers{t, ticks, stretches.rows(in.Trial, in.WallS), d}
}

// ratio is a ÷ b; nil: there is nothing to compare.
func ratio(a, b float64) *float64 {
	if a <= 0 || b <= 0 {
		return nil
	}
	r := a / b
	return &r
}

// newRow is a trial's row before anything is counted.
func newRow(in Input) record.Trial {
	return record.Trial{
		Trial: in.Trial, Contestant: in.Contestant, PartSize: in.PartSize, Concurrency: in.Concurrency,
		Repeat: in.Repeat, Seed: in.Seed, BoundMiBs: in.BoundMiBs,
		TransportReplays: in.TransportReplays, TimedOut: in.TimedOut, Status: record.TrialOK, Verified: true,
		WallS: max(0, in.WallS-in.WarmUpS), CPU: in.CPU, Saturated: in.Saturated, OrphanedUploads: in.Orphans,
	}
}

// Compare fills in what a trial reached of the oracle's goodput in the same cell, which is more than zero.
func Compare(t *record.Trial, oracleMiBs float64) {
	e := t.GoodputMiBs / oracleMiBs
	t.OracleMiBs, t.Efficiency = &oracleMiBs, &e
}

// countAttempts fills in what is counted attempt by attempt, and returns the bytes that they moved: bodies of requests, and ranges.
func countAttempts(t *record.Trial, attempts []*record.Attempt, warmUp float64, p *phases, d *record.Detail) (sent int64) {
	var by ratios
	var early []float64
	var wasted float64
	var earlyBy histogram
	for _, a := range attempts {
		if a.StartS < warmUp {
			continue
		}
		by.attempt(a)
		p.attempt(a)
		t.Attempts++
		sent += a.Bytes + received(a)
		if !succeeded(a) {
			t.WastedBytes += a.Bytes
			if a.Attempt > 1 && a.Error != canceled {
				wasted += a.WaitedS
			}
		}
		if a.Throttled() {
			t.Throttled++
		}
		if a.Early {
			t.Early++
		}
		if a.EarlyByS != nil {
			early = append(early, *a.EarlyByS)
			earlyBy.add(*a.EarlyByS)
		}
	}
	t.RetryRatioMax, t.WastedWaitS = by.most(), &wasted
	if len(early) > 0 {
		slices.Sort(early)
		mid, most := Percentile(early, 50), early[len(early)-1]
		t.EarlyByS, t.EarlyByMaxS = &mid, &most
	}
	d.EarlyBy = earlyBy.encode()
	return sent
}

// countCalls fills in what is counted call by call.
func countCalls(t *record.Trial, calls []*call, objects map[objectKey]record.Object, in Input, p *phases) {
	once := onceOf(in.Ledger)
	var wrong, missed int
	last := lastAbout(calls)
	for _, c := range calls {
		n, first := c.counted(in.WarmUpS)
		if n == 0 {
			continue
		}
		o, known := objects[c.object]
		f := c.fateOf(o, known)
		countCall(t, f, n)
		p.call(first, n, f)
		wrong += c.falseRetries(in.WarmUpS)
		if f == failed && last[aboutKey{c.object.client, c.about}] == c && c.missedRetry(o, once) {
			missed++
		}
	}
	t.FalseRetries, t.MissedRetries = &wrong, &missed
	t.Retries = t.Attempts - t.Calls
	if t.Calls > 0 {
		t.Amplification = float64(t.Attempts) / float64(t.Calls)
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
	case slices.ContainsFunc(in.Objects, func(o record.Object) bool { return o.Failed && !o.Single }):
		// The bound of uploads is of who gets everything through: giving an upload up spares the link what its faults would have cost.
	case in.BoundMiBs != nil && t.GoodputMiBs > boundSlack**in.BoundMiBs:
		t.Status = record.TrialInvalid
		t.Problem = fmt.Sprintf("goodput of %.4g MiB/s is over the bound of %.4g MiB/s", t.GoodputMiBs, *in.BoundMiBs)
	}
}

func succeeded(a *record.Attempt) bool { return a.Status >= 200 && a.Status < 300 }

// connections counts the connections that attempts went over; nil: none was had.
func connections(attempts []*record.Attempt) *int {
	seen := map[int]bool{}
	for _, a := range attempts {
		if n := a.Connection; n > 0 {
			seen[n] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	n := len(seen)
	return &n
}

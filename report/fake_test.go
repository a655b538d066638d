package report

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// fake says what a made-up run looks like.
type fake struct {
	names       []string // the oracle first or wherever
	partSizes   []int64  // MiB
	concurrency []int
	repeats     int
	windows     []Window
	allFail     bool
	resolved    string // the scenario in the manifest
}

var six = []string{"oracle", "no-retry", "immediate", "exponential", "ghga-python", "minio-go"}

// storm is a run with everything in it.
var storm = fake{
	names: six, partSizes: []int64{8}, concurrency: []int{4}, repeats: 3,
	windows: []Window{{"storm", 4, 8}, {"throttle-all", 4, 8}, {"resets", 6, 9}},
}

// gridRun is a run over a grid.
var gridRun = fake{
	names: six, partSizes: []int64{5, 8, 16, 64}, concurrency: []int{1, 4, 16}, repeats: 2,
	windows: []Window{{"storm", 4, 8}},
}

// write makes the folder of the run. The same fake makes the same files.
func (k fake) write(t testing.TB, dir string) {
	t.Helper()
	f, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := len(k.names) * len(k.partSizes) * len(k.concurrency) * k.repeats
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(f.WriteManifest(record.Manifest{
		Scenario: "storm", Resolved: k.resolved, Seed: 1, Clock: "real", Backend: "embedded", Trials: n, Contestants: k.names, Outcome: "passed",
		Host: record.Host{OS: "linux", Arch: "amd64", CPUs: 2, CPU: "Some CPU"}, Oracle: slices.Contains(k.names, OracleName), Started: "2026-11-21T00:00:00Z",
	}))
	trial := 0
	for _, size := range k.partSizes {
		for _, c := range k.concurrency {
			for repeat := 1; repeat <= k.repeats; repeat++ {
				var oracle *float64
				for who, name := range k.names {
					trial++
					in := k.trial(trial, who, name, size, c, repeat)
					n := metrics.Of(in)
					row, ticks := n.Trial, n.Timeline
					if oracle != nil && *oracle > 0 {
						metrics.Compare(&row, *oracle)
					}
					if name == OracleName {
						oracle = &row.GoodputMiBs
					}
					check(f.AddAttempts(in.Attempts))
					check(f.AddTimeline(ticks))
					check(f.AddLedger(in.Ledger))
					check(f.AddTrial(row))
				}
			}
		}
	}
}

// trial plays a trial of twelve seconds: workers upload parts one after the other, and in the windows a part is refused
// most of the time. How a contestant waits depends on its place in the list.
func (k fake) trial(trial, who int, name string, size int64, workers, repeat int) metrics.Input {
	const mib = 1 << 20
	rng := rand.New(rand.NewPCG(uint64(trial), 7))
	bound := 130.0
	in := metrics.Input{Trial: trial, Contestant: name, PartSize: size * mib, Concurrency: workers, Repeat: repeat, Seed: uint64(repeat), WallS: 12, BoundMiBs: &bound}
	for _, w := range k.windows {
		in.Ledger = append(in.Ledger, record.LedgerRow{Kind: record.LedgerWindow, Trial: trial, Name: w.Name, TS: w.FromS, EndS: w.ToS})
	}
	trouble := func(t float64) bool {
		return slices.ContainsFunc(k.windows, func(w Window) bool { return t >= w.FromS && t < w.ToS })
	}
	speed := 120.0 * float64(workers) / (float64(workers) + 1) * float64(size) / (float64(size) + 3) // MiB/s of all workers together
	part, dead := 0, false
	for w := range workers {
		now := 0.01 * float64(w)
		for now < 12 && !dead {
			part++
			for attempt := 1; now < 12; attempt++ {
				a := record.Attempt{
					Trial: trial, Contestant: name, PartSize: in.PartSize, Concurrency: workers, Repeat: repeat, Client: 1, Op: "upload_part",
					Call: record.CallName("upload_part", 1, part), Attempt: attempt, StartS: now, Class: record.ClassSeen, Status: 200, Bytes: in.PartSize,
					TookS: float64(size) * float64(workers) / speed * (0.85 + 0.3*rng.Float64()),
				}
				if k.allFail || trouble(now) && rng.Float64() < 0.8 {
					wait := 1.0
					a.Status, a.Code, a.Bytes, a.TookS, a.RetryAfterS = 503, "SlowDown", 0, 0.02, &wait
					a.Early = attempt > 1 && who == 2
				}
				in.Attempts = append(in.Attempts, a)
				now += a.TookS
				if a.Status == 200 {
					break
				}
				if dead = name == "no-retry"; dead {
					break
				}
				now += []float64{0.5, 0, 0.06, 0.2 * float64(min(attempt, 8)), 1 + 0.05*rng.Float64(), 0.4 * rng.Float64() * float64(attempt)}[who%6]
			}
		}
	}
	slices.SortStableFunc(in.Attempts, func(a, b record.Attempt) int { return cmp.Compare(a.StartS, b.StartS) })
	in.Objects = []record.Object{{Client: 1, Ordinal: 1, Size: 0, EndS: 12, Verified: !k.allFail, Failed: k.allFail}}
	for i := range in.Attempts {
		if in.Attempts[i].Status == 200 {
			in.Objects[0].Size += in.Attempts[i].Bytes
		}
	}
	if dead {
		last := in.Attempts[len(in.Attempts)-1]
		in.Objects = append(in.Objects, record.Object{Client: 1, Ordinal: 2, EndS: last.StartS + last.TookS, Failed: true})
	}
	return in
}

// analysed writes, reads and analyses a made-up run.
func analysed(t testing.TB, k fake) (*Run, *Analysis) {
	t.Helper()
	dir := t.TempDir() + "/run"
	k.write(t, dir)
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r, Analyse(r)
}

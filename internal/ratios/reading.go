package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/report"
)

// readFlag makes this program read a results folder and print how long that took: memory is measured from outside.
const readFlag = "-read"

// reading measures how long a long run takes to be read, checked and analysed, and its page to be made.
func reading(ctx context.Context, s size) ([]figure, error) {
	dir, err := os.MkdirTemp("", "ratios-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	const trials = 200
	if err := longRun(filepath.Join(dir, "run"), trials, s.attempts/trials); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, readFlag, filepath.Join(dir, "run"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("reading the run: %w", err)
	}
	var read, page, peak float64
	var bytes int
	if _, err := fmt.Sscan(string(out), &read, &page, &bytes, &peak); err != nil {
		return nil, fmt.Errorf("reading the run: it says %q: %w", out, err)
	}
	// The bars are those of a million attempts. Of its 500 MiB, 100 are what a program takes that reads nothing.
	share := float64(s.attempts) / 1e6
	name := fmt.Sprintf("a run of %d trials and %s attempts", trials, strconv.Itoa(s.attempts))
	size := float64(bytes) / (1 << 20)
	figures := []figure{
		{name: name + ", read, checked and analysed", ours: fmt.Sprintf("%.2f s", read), measured: read, bar: max(1, 5*share), atMost: true, unit: " s"},
		{name: name + ", its page", ours: fmt.Sprintf("%.2f s", page), measured: page, bar: 3, atMost: true, unit: " s"},
		{name: name + ", size of its page", ours: fmt.Sprintf("%.2f MiB", size), measured: size, bar: 3e6 / (1 << 20), atMost: true, unit: " MiB"},
	}
	if peak > 0 {
		figures = append(figures, figure{
			name: name + ", peak memory", ours: fmt.Sprintf("%.0f MiB", peak), measured: peak, bar: 100 + 400*share, atMost: true, unit: " MiB",
		})
	}
	return figures, nil
}

// readRun is the other side of readFlag.
func readRun(dir string) error {
	start := time.Now()
	r, err := report.Read(dir)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		return err
	}
	a := report.Analyse(r)
	read := time.Since(start)
	for _, w := range a.Warnings {
		if w.Kind == report.WarnMismatch {
			return fmt.Errorf("the made-up run is not sound: %v", w)
		}
	}
	start = time.Now()
	var n counter
	if err := report.HTML(&n, a, report.HTMLOptions{}); err != nil {
		return err
	}
	took := time.Since(start)
	// It is asked here, since what the system says of a process that has ended may be the peak of the one that started it.
	peak, err := memoryMiB(os.Getpid(), "VmHWM")
	if err != nil {
		peak = 0 // the system does not tell
	}
	_, err = fmt.Println(read.Seconds(), took.Seconds(), int(n), peak)
	return err
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

var _ io.Writer = (*counter)(nil)

// longRun makes up a run of ten contestants on a grid of two by two, five repeats each: as many attempts in each trial, one in
// three of them throttled, in a minute with a window of trouble.
func longRun(dir string, trials, attempts int) error {
	f, err := record.Create(dir)
	if err != nil {
		return err
	}
	defer f.Close() // an error that matters came with the last row
	m := record.Manifest{Scenario: "long", Seed: 1, Clock: "real", Backend: "embedded", Trials: trials, Outcome: record.OutcomePassed,
		Phases: []record.Phase{{Name: "before", ToS: 20}, {Name: "trouble", FromS: 20, ToS: 30, Trouble: true}, {Name: "after", FromS: 30}}}
	for n := range 10 {
		m.Contestants = append(m.Contestants, fmt.Sprintf("contestant-%d", n))
	}
	if err := f.WriteManifest(m); err != nil {
		return err
	}
	const wall, mib = 60, 1 << 20
	hint := 1.0
	for n := range trials {
		in := metrics.Input{
			Trial: n + 1, Contestant: m.Contestants[n%10], PartSize: int64(8<<(n/10%2)) * mib, Concurrency: 4 << (n / 20 % 2), Repeat: 1 + n/40,
			Seed: uint64(1 + n/40), WallS: wall, Attempts: make([]record.Attempt, attempts), Phases: m.Phases,
			Objects: []record.Object{{Client: 1, Ordinal: 1, Size: int64(attempts) / 3 * 2 * mib, EndS: wall, Verified: true}},
			Ledger:  []record.LedgerRow{{Kind: record.LedgerWindow, Trial: n + 1, Name: "trouble", TS: 20, EndS: 30}},
		}
		for i := range in.Attempts {
			a := record.Attempt{
				Trial: n + 1, Contestant: in.Contestant, PartSize: in.PartSize, Concurrency: in.Concurrency, Repeat: in.Repeat, Client: 1, Connection: 1 + i%8,
				Reused: true, Op: "upload_part", Call: record.CallName("upload_part", 1, 1+i/3*2+i%3%2), Attempt: 1 + i%3/2,
				StartS: wall * float64(i) / float64(attempts), TookS: 0.0125 + 0.001*float64((i*7919+n)%13), Status: 200, Bytes: mib,
				Class: record.ClassSeen, ID: fmt.Sprintf("1-%d", i),
			}
			if i%3 == 0 {
				a.Status, a.Code, a.RetryAfterS, a.Fault = 503, "SlowDown", &hint, "overload"
			}
			in.Attempts[i] = a
			in.Ledger = append(in.Ledger, record.LedgerRow{
				Kind: record.LedgerAttempt, Trial: n + 1, Seq: i, TS: a.StartS, ID: a.ID, Client: "127.0.0.1", Connection: a.Connection, Peer: "127.0.0.1:50000",
				Op: a.Op, Object: 1, Bucket: "bench", Key: "object-1", Part: 1 + i/3, Attempt: a.Attempt, Scopes: []string{"overload/all"}, Rule: a.Fault,
				Status: a.Status, BytesIn: a.Bytes, TookS: a.TookS, RetryAfterS: a.RetryAfterS,
			})
		}
		out := metrics.Of(in)
		for _, err := range []error{
			f.AddAttempts(in.Attempts), f.AddLedger(in.Ledger), f.AddTimeline(out.Timeline), f.AddPhases(out.Phases), f.AddDetail(out.Detail), f.AddTrial(out.Trial),
		} {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

package virtual

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

const workerArg = "worker-of-a-test"

// The test binary is its own worker, whose trials do what their contestant's name says.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == workerArg {
		bubble.Main(func(t *testing.T) int { return Work(t, os.Stdin, os.Stdout, build) })
	}
	os.Exit(m.Run())
}

func build(j Job) (func(context.Context, runner.Trial) *runner.Outcome, time.Duration, error) {
	if j.File == "broken" {
		return nil, 0, errors.New("the job is broken")
	}
	return func(_ context.Context, t runner.Trial) *runner.Outcome {
		row := record.Trial{Trial: t.Ordinal, Contestant: t.Contestant, Status: record.TrialOK}
		start := time.Now()
		switch t.Contestant {
		case "sleeper":
			time.Sleep(24 * time.Hour)
		case "deadlock":
			<-make(chan int)
		case "spinner":
			for {
				time.Sleep(0)
			}
		case "endless":
			for {
				time.Sleep(time.Second)
			}
		case "leaver":
			go func() { select {} }()
		case "panicker":
			panic("something went wrong")
		case "hanger": // until it is killed
			select {}
		}
		row.WallS = time.Since(start).Seconds()
		zero := 0.0
		row.RecoveryS = &zero
		return &runner.Outcome{Row: row, Attempts: []record.Attempt{{ID: "0-1", StartS: 1.0 / 3}}}
	}, 48 * time.Hour, nil
}

func pool(t *testing.T, j Job) *Pool {
	t.Helper()
	p, err := NewPool(j, workerArg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestPool(t *testing.T) {
	// Only the spinner stands still: a worker that waits for the processor must not be taken for one.
	p, hasty := pool(t, Job{Stall: time.Minute}), pool(t, Job{Stall: 2 * time.Second})
	for i, c := range []struct{ contestant, problem, stack string }{
		{"sleeper", "", ""},
		{"deadlock", "deadlock", "build"},
		{"sleeper", "", ""},
		{"spinner", "spins in one instant", "build"},
		{"endless", "no end after 48h", "build"},
		{"leaver", "left behind", "build"},
		{"panicker", "panic: something went wrong", "build"},
		{"sleeper", "", ""},
	} {
		p := p
		if c.contestant == "spinner" {
			p = hasty
		}
		out := p.Trial(t.Context(), runner.Trial{Ordinal: i + 1, Contestant: c.contestant})
		if out.Row.Trial != i+1 || out.Row.Contestant != c.contestant {
			t.Errorf("%s: the row is of trial %d, %s", c.contestant, out.Row.Trial, out.Row.Contestant)
		}
		if c.problem == "" {
			if out.Row.Status != record.TrialOK || out.Row.WallS != 86400 || out.Row.RecoveryS == nil ||
				len(out.Attempts) != 1 || out.Attempts[0].StartS != 1.0/3 || out.Stacks != "" {
				t.Errorf("%s: %+v", c.contestant, out)
			}
			continue
		}
		if out.Row.Status != record.TrialFailed || !strings.Contains(out.Row.Problem, c.problem) || !strings.Contains(out.Stacks, c.stack) {
			t.Errorf("%s: %s: %q\n%s", c.contestant, out.Row.Status, out.Row.Problem, out.Stacks)
		}
		if strings.Contains(out.Row.Problem, "\n") {
			t.Errorf("%s: the problem has several lines: %q", c.contestant, out.Row.Problem)
		}
	}
}

// A worker is killed when the run is interrupted.
func TestPoolCancel(t *testing.T) {
	p := pool(t, Job{Stall: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Trial(ctx, runner.Trial{Ordinal: 1, Contestant: "spinner"})
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("the worker was not killed")
	}
}

func TestPoolBrokenJob(t *testing.T) {
	p := pool(t, Job{File: "broken"})
	out := p.Trial(t.Context(), runner.Trial{Ordinal: 1})
	if !strings.Contains(out.Row.Problem, "the job is broken") {
		t.Errorf("%q", out.Row.Problem)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

type fidelityCmd struct {
	scenarioFlags
	Out    string        `placeholder:"DIR" help:"Where the results of both clocks go. Default: results/<scenario>-fidelity-<UTC time>/."`
	Output string        `short:"o" enum:"table,markdown,json" default:"table" help:"table, markdown or json."`
	Quiet  bool          `short:"q" help:"No progress and no messages; errors only."`
	Stall  time.Duration `default:"60s" placeholder:"TIME" help:"As in run."`
	Resume bool          `help:"Go on with what is in --out."`
}

func (fidelityCmd) Help() string {
	return `Runs a scenario on the real clock and in virtual time with the same seeds, and tests goodput, attempts, throttled and early
attempts and recovery for equivalence. Unless --repeats or the scenario say something else, there are ten pairs. The real clock takes its
time; leave the machine alone meanwhile. Exit code 3: something is not the same.

Examples:

    ratebench fidelity scenarios/throttle.yaml
    ratebench fidelity storm --repeats 5 --out /tmp/storm -o markdown`
}

// pairsByDefault is how often each clock runs every cell.
const pairsByDefault = 10

// Run runs the scenario on both clocks and compares.
func (c fidelityCmd) Run(ctx context.Context, io *streams) error {
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	s, err := c.load(io.in)
	if err != nil {
		return err
	}
	if c.Repeats == nil {
		n := max(s.Repeats, 2)
		if s.Repeats == 1 {
			n = pairsByDefault
		}
		c.Repeats = &n
	}
	out := c.Out
	if out == "" {
		out = defaultOut(s.Name+"-fidelity", time.Now())
	}
	embedded := kindEmbedded
	var runs [2]*report.Run
	for i, clock := range []string{clockReal, clockVirtual} {
		dir := filepath.Join(out, clock)
		_, missing := record.Open(dir)
		r := runCmd{
			scenarioFlags: c.scenarioFlags, Out: dir, Quiet: c.Quiet, Resume: c.Resume && missing == nil,
			clockFlags: clockFlags{Clock: clock, Stall: c.Stall}, s3Flags: s3Flags{Backend: &embedded},
		}
		if !c.Quiet {
			fmt.Fprintf(io.err, "%s on the %s clock\n", s.Name, clock)
		}
		done, err := r.measure(ctx, io)
		if done.job.folder != nil {
			err = errors.Join(err, done.job.folder.Close())
		}
		if ctx.Err() != nil {
			return withExit(exitInterrupted, fmt.Errorf("interrupted; repeat the command with --out %s --resume to go on", quote(out)))
		}
		if code := exitCode(err); err != nil && code != exitThreshold && code != exitNoVerdict && !errors.Is(err, runner.ErrTrial) {
			return err
		}
		if runs[i], err = report.Read(r.Out); err != nil {
			return err
		}
	}
	rows, err := report.Fidelity(runs[0], runs[1])
	if err != nil {
		return withExit(exitNoVerdict, err)
	}
	whole := len(trials.NewPlan(s).Trials) / s.Repeats * *c.Repeats
	for _, r := range runs {
		if n := r.Counted(); n < whole {
			fmt.Fprintf(io.err, "%d of %d trials on the %s clock did not end well and are left out: ratebench report %s says why\n", whole-n, whole, r.Manifest.Clock, r.Dir)
		}
	}
	if c.Output == "json" {
		e := json.NewEncoder(io.out)
		e.SetIndent("", "  ")
		err = e.Encode(rows)
	} else {
		err = report.FidelityTable(io.out, rows, c.Output == "markdown")
	}
	if err != nil {
		return err
	}
	return different(s, rows)
}

// different is the verdict. Contestants whose randomness does not come from the seed do not take the same chances on both
// clocks, so they are shown and not judged.
func different(s *scenarios.Scenario, rows []report.FidelityRow) error {
	chance := map[string]bool{}
	for _, c := range s.Contestants {
		chance[c.As] = !contestants.Repeatable(c.Name, c.With)
	}
	n := 0
	for _, r := range rows {
		if !r.Same && !chance[r.Contestant] {
			n++
		}
	}
	if n > 0 {
		return withExit(exitThreshold, fmt.Errorf("%d of %d numbers are not shown to be the same on both clocks", n, len(rows)))
	}
	return nil
}

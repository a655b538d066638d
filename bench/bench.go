package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// Config says what to run. Scenario and at least one contestant are needed.
type Config struct {
	// Scenario is the name of a shipped scenario, such as "throttle", or the path of a file.
	Scenario string
	// Set overrides values of the scenario, as --set of the command line does: "workload.object_size=60MiB", "repeats=6".
	Set []string
	// Contestants take the place of those that the scenario lists. Each has a name of its own.
	Contestants []Contestant
	// Against are contestants of ratebench to compare with, as a scenario writes them: "exponential", or
	// "{name: exponential, as: patient, with: {attempts: 12}}". Nil: none.
	Against []string
	// Out is the folder that the results go to, with the same files and plots that ratebench run leaves. It must not hold
	// a run already. Empty: nowhere.
	Out string
}

// closeWithin bounds the time in which the server side is taken down.
const closeWithin = 30 * time.Second

// Run runs every trial of the scenario, one after another, and sums them up. When ctx ends, the trial under way is dropped.
//
// The result is there whenever trials were run, also beside an error. The error is ErrTrials if trials do not count,
// a *ThresholdError if they do and a threshold of the scenario does not hold, ErrNoVerdict if there is nothing to judge by,
// and the context's cause if it ended. Whatever is wrong with the configuration is found before anything runs.
//
// Run may be called by several goroutines at once, but trials that share a machine slow each other down. It opens ports on
// the loopback interface alone; within a bubble of testing/synctest it opens none, and returns when what it started there has
// ended.
func Run(ctx context.Context, c Config) (res *Result, err error) {
	virtual := bubble.Inside()
	defer bubble.Present().Settle()
	s, own, err := c.load(virtual)
	if err != nil {
		return nil, err
	}
	site, err := target.NewSite(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		err = errors.Join(err, site.Close(end))
	}()
	dir := c.Out
	if dir == "" {
		if dir, err = os.MkdirTemp("", "ratebench-"); err != nil {
			return nil, fmt.Errorf("making a folder for the results: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	run, err := begin(s, site, own, dir, virtual)
	if err != nil {
		return nil, err
	}
	err = runner.Run(ctx, run.config)
	err = errors.Join(err, own.problem(), run.config.Folder.Close())
	res, err = run.sumUp(s, err)
	return res, errors.Join(err, run.finish(ctx, err, c.Out != ""))
}

// begun is a run whose folder is there.
type begun struct {
	config   runner.Config
	manifest record.Manifest
	dir      string
}

func begin(s *scenarios.Scenario, site *target.Site, own owned, dir string, virtual bool) (*begun, error) {
	config, err := trials.NewConfig(s, site, own.table())
	if err != nil {
		return nil, err
	}
	config.Plan = trials.NewPlan(s)
	b := &begun{config: config, dir: dir, manifest: trials.NewManifest(s, s.Backend.Kind, nil, len(config.Plan.Trials), time.Now())}
	if virtual {
		trials.InMemory(site)
		b.config.Stagger, b.config.Virtual, b.manifest.Clock = trials.Stagger, true, trials.ClockVirtual
	}
	if b.config.Folder, err = record.Create(dir); err != nil {
		return nil, err
	}
	if err := b.config.Folder.WriteManifest(b.manifest); err != nil {
		return nil, errors.Join(err, b.config.Folder.Close())
	}
	return b, nil
}

// sumUp reads the rows back and judges them, unless the run has failed already.
func (b *begun) sumUp(s *scenarios.Scenario, failed error) (*Result, error) {
	read, err := report.Read(b.dir)
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	a := report.Analyse(read)
	if failed == nil {
		failed = judged(trials.Judge(s, a))
	}
	return newResult(a), failed
}

// finish completes a folder that stays: how the run ended, and the views.
func (b *begun) finish(ctx context.Context, ended error, stays bool) error {
	if !stays {
		return nil
	}
	m := &b.manifest
	m.Ended, m.Outcome = time.Now().UTC().Format(time.RFC3339), record.OutcomePassed
	_, broken := errors.AsType[*ThresholdError](ended)
	switch {
	case ctx.Err() != nil:
		m.Outcome = record.OutcomeInterrupted
	case broken:
		m.Outcome = record.OutcomeThreshold
	case errors.Is(ended, ErrNoVerdict):
		m.Outcome = record.OutcomeNoVerdict
	case ended != nil:
		m.Outcome = record.OutcomeFailed
	}
	if ended != nil {
		m.Problem = ended.Error()
	}
	err := b.config.Folder.WriteManifest(*m)
	_, viewErr := report.Write(b.dir)
	return errors.Join(err, viewErr)
}

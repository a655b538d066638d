package main

import (
	"context"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/internal/virtual"
	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// job is a run, resolved: all that is left is to do it.
type job struct {
	scenario *scenarios.Scenario
	plan     *runner.Plan
	site     *target.Site
	folder   *record.Folder       // open for writing
	finished map[int]record.Trial // by ordinal; what a resumed run already has
	progress *progress            // nil: none
	watch    *watch               // nil: none
	workers  *virtual.Pool        // that run the trials in virtual time; nil: they run here
	parallel int                  // trials at a time
	ran      *ran
	programs programs // among the contestants
}

// execute runs the trials of a job that are not finished yet. Rows of trials that ended are in the folder also when it
// returns an error.
func execute(ctx context.Context, j job) error {
	c, err := trials.NewConfig(j.scenario, j.site, j.programs.table())
	if err != nil {
		return err
	}
	c.Plan, c.Folder, c.Finished = j.plan, j.folder, j.finished
	if j.workers != nil {
		c.Trial, c.Parallel = j.workers.Trial, j.parallel
	}
	c.Progress = func(e runner.Event) {
		j.watch.note(e, j.workers == nil)
		if e.Row != nil {
			j.ran.note(e.Row, j.scenario.WarmUp.D())
			j.progress.end()
			return
		}
		j.progress.begin(e.Trial.Contestant + ", " + cellOf(j.scenario, e.Trial))
	}
	return runner.Run(ctx, c)
}

// cellOf names a trial's cell as the report does.
func cellOf(s *scenarios.Scenario, t runner.Trial) string {
	w := s.Workload
	words := report.Workload{Calls: w.Kind == scenarios.KindCalls, Mixed: len(w.Mix) > 0, Open: w.ArrivalRate > 0}
	c := report.Cell{Workload: words, PartSize: t.PartSize, Concurrency: t.Concurrency}
	return c.Name()
}

// ran counts what a run did, for the speed of its clock.
type ran struct {
	virtual  float64 // seconds
	attempts int
}

func (r *ran) note(row *record.Trial, warmUp time.Duration) {
	r.virtual += row.WallS + warmUp.Seconds()
	r.attempts += row.Attempts
}

// expected is how long the trials that are not finished will take, by the scenario's estimate.
func (j job) expected() time.Duration {
	e, total := j.scenario.Estimate(), len(j.plan.Trials)
	if j.workers != nil {
		return 0 // nobody knows before the first trial
	}
	return time.Duration(float64(e.Time) * float64(total-len(j.finished)) / float64(total))
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ratebench/ratebench/bench"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// job is a run, resolved: all that is left is to do it.
type job struct {
	scenario *scenarios.Scenario
	plan     *bench.Plan
	site     *target.Site
	folder   *record.Folder       // open for writing
	finished map[int]record.Trial // by ordinal; what a resumed run already has
	progress *progress            // nil: none
}

// newPlan lays out the trials of a scenario.
func newPlan(s *scenarios.Scenario) *bench.Plan {
	g := bench.Grid{Concurrencies: s.Workload.Concurrency, Repeats: s.Repeats, Seed: s.Seed}
	for _, c := range s.Contestants {
		g.Contestants = append(g.Contestants, c.As)
	}
	if *s.Oracle {
		g.Oracle = scenarios.OracleName
	}
	for _, size := range s.Workload.PartSize {
		g.PartSizes = append(g.PartSizes, int64(size))
	}
	return bench.NewPlan(g)
}

// execute runs the trials of a job that are not finished yet. Rows of trials that ended are in the folder also when it
// returns an error.
func execute(ctx context.Context, j job) error {
	made, err := makeContestants(j.scenario)
	if err != nil {
		return err
	}
	s := j.scenario
	upload := &workloads.Upload{
		ObjectSize: int64(s.Workload.ObjectSize), Objects: s.Workload.Objects, Duration: s.Workload.Duration.D(),
		ArrivalRate: float64(s.Workload.ArrivalRate), PartURLs: s.Workload.PartURLs, Seed: s.Seed,
	}
	return bench.Run(ctx, bench.Config{
		Plan: j.plan, Contestants: made, Workload: upload, Clients: s.Workload.Clients,
		Open:   j.site.Open,
		Bound:  func(t bench.Trial) (float64, bool) { return s.Bound(t.Seed, t.PartSize, t.Concurrency) },
		WarmUp: s.WarmUp.D(), Timeout: s.Timeout.D(),
		Folder: j.folder, Finished: j.finished,
		Progress: func(e bench.Event) {
			if e.Row != nil {
				j.progress.end()
				return
			}
			j.progress.begin(fmt.Sprintf("%s, %v parts, %d in flight", e.Trial.Contestant, units.Size(e.Trial.PartSize), e.Trial.Concurrency))
		},
	})
}

// expected is how long the trials that are not finished will take, by the scenario's estimate.
func (j job) expected() time.Duration {
	e, total := j.scenario.Estimate(), len(j.plan.Trials)
	return time.Duration(float64(e.Time) * float64(total-len(j.finished)) / float64(total))
}

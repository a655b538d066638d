package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/standin"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/internal/virtual"
	"github.com/ratebench/ratebench/internal/workloads"
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
	workers  *virtual.Pool        // that run the trials in virtual time; nil: they run here
	parallel int                  // trials at a time
	ran      *ran
}

// newPlan lays out the trials of a scenario.
func newPlan(s *scenarios.Scenario) *runner.Plan {
	g := runner.Grid{Concurrencies: s.Workload.Concurrency, Repeats: s.Repeats, Seed: s.Seed}
	for _, c := range s.Contestants {
		g.Contestants = append(g.Contestants, c.As)
	}
	if *s.Oracle {
		g.Oracle = scenarios.OracleName
	}
	for _, size := range s.Workload.PartSize {
		g.PartSizes = append(g.PartSizes, int64(size))
	}
	return runner.NewPlan(g)
}

// newConfig is what a trial of a scenario needs, whichever process it runs in.
func newConfig(s *scenarios.Scenario, site *target.Site) (runner.Config, error) {
	made, err := makeContestants(s)
	if err != nil {
		return runner.Config{}, err
	}
	var wire func(http.RoundTripper) http.RoundTripper
	if size := s.Workload.StandIn; size > 0 {
		wire = func(next http.RoundTripper) http.RoundTripper { return standin.Shrink(next, int64(size)) }
	}
	return runner.Config{
		Wire: wire, Contestants: made, Workload: newWorkload(s, site), Clients: s.Workload.Clients,
		Open:   site.Open,
		Bound:  func(t runner.Trial) (float64, bool) { return s.Bound(t.Seed, t.PartSize, t.Concurrency) },
		WarmUp: s.WarmUp.D(), Timeout: s.Timeout.D(), AttemptTimeout: s.Workload.AttemptTimeout.D(),
		Aggregate: s.Workload.Records == "aggregate",
	}, nil
}

func newWorkload(s *scenarios.Scenario, site *target.Site) runner.Workload {
	if s.Workload.Kind == scenarios.KindCalls {
		w := &workloads.Calls{
			Size: int64(s.Workload.ObjectSize), Rate: float64(s.Workload.ArrivalRate), Duration: s.Workload.Duration.D(),
			Objects: s.Workload.Objects, Poisson: s.Workload.Arrivals == scenarios.ArrivalsPoisson, Think: s.Workload.ThinkTime.D(),
			Zeros: !site.Embedded(), AsCame: site.Decides(),
		}
		if len(s.Workload.Mix) > 0 {
			w.Pick = func(seed uint64, ordinal int) workloads.Call {
				c := s.Workload.Pick(seed, ordinal)
				return workloads.Call{Method: c.Method, Size: int64(c.Size), Key: c.IdempotencyKey}
			}
		}
		for _, p := range s.Workload.Load {
			w.Load = append(w.Load, workloads.LoadPoint{At: p.At.D(), Times: p.Times})
		}
		return w
	}
	return &workloads.Upload{
		ObjectSize: int64(s.Workload.ObjectSize), Objects: s.Workload.Objects, Duration: s.Workload.Duration.D(),
		ArrivalRate: float64(s.Workload.ArrivalRate), PartURLs: s.Workload.PartURLs, Seed: s.Seed, Counted: s.Workload.Payload == "counted",
	}
}

// execute runs the trials of a job that are not finished yet. Rows of trials that ended are in the folder also when it
// returns an error.
func execute(ctx context.Context, j job) error {
	c, err := newConfig(j.scenario, j.site)
	if err != nil {
		return err
	}
	c.Plan, c.Folder, c.Finished = j.plan, j.folder, j.finished
	if j.workers != nil {
		c.Trial, c.Parallel = j.workers.Trial, j.parallel
	}
	c.Progress = func(e runner.Event) {
		if e.Row != nil {
			j.ran.note(e.Row, j.scenario.WarmUp.D())
			j.progress.end()
			return
		}
		j.progress.begin(fmt.Sprintf("%s, %v parts, %d in flight", e.Trial.Contestant, units.Size(e.Trial.PartSize), e.Trial.Concurrency))
	}
	return runner.Run(ctx, c)
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

package trials

import (
	"net/http"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/standin"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// NewPlan lays out the trials of a scenario.
func NewPlan(s *scenarios.Scenario) *runner.Plan {
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

// NewConfig is what a trial of a scenario needs, whichever process it runs in. own holds contestants that are in no table, by
// their names in results; nil: there are none.
func NewConfig(s *scenarios.Scenario, site *target.Site, own map[string]runner.Contestant) (runner.Config, error) {
	made, err := makeContestants(s, own)
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
		Phases: phases(s), WarmUp: s.WarmUp.D(), Timeout: s.Timeout.D(), AttemptTimeout: s.Workload.AttemptTimeout.D(),
		Aggregate: s.Workload.Records == "aggregate",
	}, nil
}

func newWorkload(s *scenarios.Scenario, site *target.Site) runner.Workload {
	if w := s.Workload; w.Kind == scenarios.KindGHGA {
		return &workloads.GHGA{Do: w.Do, Size: int64(w.ObjectSize), Objects: w.Objects, Duration: w.Duration.D(), Seed: s.Seed}
	}
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

package trials

import (
	"context"
	"time"

	"github.com/ratebench/ratebench/internal/network"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/scenarios"
)

// The clocks that trials can run on.
const (
	ClockReal    = "real"
	ClockVirtual = "virtual"
)

// Stagger spreads what would happen in the same instant of virtual time.
const Stagger = 100 * time.Microsecond

// InMemory puts the trials of a site on networks in memory, as virtual time needs it.
func InMemory(site *target.Site) {
	site.Over(func(seed uint64) network.Network { return &network.Memory{Seed: seed} })
}

// Virtual returns what runs the trials of a scenario within a bubble.
func Virtual(ctx context.Context, s *scenarios.Scenario) (func(context.Context, runner.Trial) *runner.Outcome, error) {
	site, err := target.NewSite(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	InMemory(site)
	c, err := NewConfig(s, site, nil)
	if err != nil {
		return nil, err
	}
	c.Stagger, c.Virtual = Stagger, true
	return func(ctx context.Context, t runner.Trial) *runner.Outcome {
		out, err := runner.RunTrial(ctx, c, t)
		if err != nil {
			return runner.Failed(t, err)
		}
		return out
	}, nil
}

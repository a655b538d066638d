package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/internal/virtual"
	"github.com/ratebench/ratebench/scenarios"
)

// The clocks that trials can run on.
const (
	clockReal    = trials.ClockReal
	clockVirtual = trials.ClockVirtual
)

// clockFlags choose the clock.
type clockFlags struct {
	Clock string        `enum:"real,virtual" default:"real" help:"real, or virtual: time jumps to whatever happens next, so that a day takes seconds."`
	Stall time.Duration `default:"60s" placeholder:"TIME" help:"With --clock virtual: give a trial up in which virtual time has stood still for so long. Default: 60s."`
}

// stallByDefault is what --stall is without the flag.
const stallByDefault = time.Minute

// check refuses what the clock cannot do, before anything starts.
func (c clockFlags) check(s *scenarios.Scenario, backend string) error {
	if c.Stall <= 0 {
		return usagef("--stall %v is no time to wait: write 60s, say", c.Stall)
	}
	if c.Clock == clockReal {
		if s.Workload.Payload == "counted" && s.Workload.Kind != scenarios.KindCalls && backend != kindEmbedded {
			return usagef("payload: counted needs the embedded backend: %s digests what it gets", backend)
		}
		if s.Workload.StandIn > 0 {
			return usagef("stand_in: the system's network cannot charge for bytes that do not flow: remove it, or use --clock virtual")
		}
		return nil
	}
	if backend != kindEmbedded {
		return usagef("--clock virtual cannot run against the %s backend, which is a process outside of virtual time: leave --backend and --endpoint out, or use --clock real", backend)
	}
	return nil
}

// windUp is the virtual time that a trial has beyond its timeout, to verify and to take its servers down.
const windUp = time.Hour

// hugeFleet is how many clients need so much memory that trials run one at a time.
const hugeFleet = 200_000

// employ gets workers for a run in virtual time.
func (c clockFlags) employ(j *job, set []string) (err error) {
	j.parallel = max(1, min(runtime.GOMAXPROCS(0), len(j.plan.Trials)-len(j.finished)))
	if j.scenario.Workload.Clients > hugeFleet {
		j.parallel = 1
	}
	j.workers, err = virtual.NewPool(virtual.Job{
		File: j.scenario.File, Source: j.scenario.Source, Set: set, Stall: c.Stall,
	}, workerArg)
	return err
}

// speed says how fast virtual time went by.
func (r *ran) speed(took time.Duration) string {
	s := max(took.Seconds(), 1e-3)
	return fmt.Sprintf("virtual clock: %.4g seconds in %.3g real ones (%.3g virtual seconds per second, %.4g requests per second)",
		r.virtual, s, r.virtual/s, float64(r.attempts)/s)
}

// workerArg makes this program a worker: it is given by another ratebench, never by a user.
const workerArg = "virtual-worker"

// garbage is how much a worker lets gather between collections, in percent of what is in use.
const garbage = 400

// work is the main function of a worker.
func work() {
	// Fleets make a lot of garbage, and each collection looks at a stack of every client that waits.
	debug.SetGCPercent(garbage)
	signal.Ignore(stopSignals...) // the terminal tells the whole group; the parent decides
	bubble.Main(func(t *testing.T) int { return virtual.Work(t, os.Stdin, os.Stdout, buildTrials) })
}

// buildTrials makes in a worker what its parent has made to check the scenario.
func buildTrials(j virtual.Job) (func(context.Context, runner.Trial) *runner.Outcome, time.Duration, error) {
	s, err := scenarios.Parse(j.File, j.Source, nil, scenarioOptions(j.Set)...)
	if err != nil {
		return nil, 0, err
	}
	run, err := trials.Virtual(context.Background(), s)
	return run, s.Timeout.D() + windUp, err
}

package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

// scenarioFlags name a scenario and change it for one run. They are the same wherever a scenario is read.
type scenarioFlags struct {
	Scenario string   `arg:"" help:"Scenario file, the name of a shipped one such as flaky, or - for standard input."`
	Set      []string `sep:"none" placeholder:"KEY=VALUE" help:"Override a value, such as workload.object_size=16MiB or faults.quota.throttle.rate=10/s or contestants=all. Repeatable."`
	Repeats  *int     `placeholder:"N" help:"Short for --set repeats=N."`
	Seed     *uint64  `placeholder:"N" help:"Short for --set seed=N."`
}

// load reads the scenario with its overrides. Whatever is wrong with it is a usage error.
func (f scenarioFlags) load(stdin io.Reader) (*scenarios.Scenario, error) {
	return loadScenario(f.Scenario, stdin, f.overrides()...)
}

// overrides lists what the flags change, as --set takes it.
func (f scenarioFlags) overrides() []string {
	set := slices.Clone(f.Set)
	if f.Repeats != nil {
		set = append(set, "repeats="+strconv.Itoa(*f.Repeats))
	}
	if f.Seed != nil {
		set = append(set, "seed="+strconv.FormatUint(*f.Seed, 10))
	}
	return set
}

// maxStdin is more than any scenario may have; the language's own limit gives the message.
const maxStdin = 16 << 20

func scenarioOptions(set []string) []scenarios.Option {
	return []scenarios.Option{scenarios.Set(set...), scenarios.Known(trials.KnownContestants()), scenarios.All(trials.Competitors()...),
		scenarios.Check(trials.CheckContestant)}
}

// loadScenario reads a scenario from a file, by its name, or from stdin for "-".
func loadScenario(path string, stdin io.Reader, set ...string) (*scenarios.Scenario, error) {
	return loadScenarioWith(path, stdin, scenarioOptions(set)...)
}

// loadScenarioWith does that with options of one's own.
func loadScenarioWith(path string, stdin io.Reader, opts ...scenarios.Option) (*scenarios.Scenario, error) {
	if path != "-" {
		s, err := scenarios.Load(path, opts...)
		return s, withExit(exitUsage, err)
	}
	src, err := io.ReadAll(io.LimitReader(stdin, maxStdin))
	if err != nil {
		return nil, fmt.Errorf("reading the scenario from standard input: %w", err)
	}
	s, err := scenarios.Parse("stdin", src, nil, opts...)
	return s, withExit(exitUsage, err)
}

package trials

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// KnownContestants tells the scenario language which contestants there are and what they take.
func KnownContestants() map[string][]string {
	known := map[string][]string{}
	for _, c := range contestants.Builtin() {
		known[c.Name] = c.ParamNames()
	}
	return known
}

// Competitors are what "all" stands for: the table without the yardstick.
func Competitors() (names []string) {
	for _, c := range contestants.Builtin() {
		if c.Kind != contestants.KindOracle {
			names = append(names, c.Name)
		}
	}
	return names
}

// CheckContestant says what is wrong with the values of a contestant's parameters, which only it knows, and whether it
// can do the workload at all.
func CheckContestant(w scenarios.Workload, c scenarios.Contestant) error {
	made, err := contestants.New(c.Name, c.As, c.With)
	_, sdk := made.(runner.SDKContestant)
	_, connector := made.(workloads.ConnectorContestant)
	switch {
	case sdk && w.PartURLs == "ucs":
		return fmt.Errorf("%s makes its part URLs itself and cannot take them from the UCS: leave it out, or write part_urls: presign", c.Name)
	case sdk && w.Kind == scenarios.KindCalls:
		return fmt.Errorf("%s is an S3 SDK, which makes its own requests, and cannot send calls: leave it out, or write kind: upload", c.Name)
	case sdk && w.Kind == scenarios.KindGHGA:
		return fmt.Errorf("%s is an S3 SDK, which knows nothing of GHGA's control plane: leave it out, or write kind: upload", c.Name)
	case connector && w.Kind != scenarios.KindGHGA:
		return fmt.Errorf("%s is a whole GHGA Connector, which needs GHGA's control plane: leave it out, or write kind: ghga", c.Name)
	}
	return err
}

// makeContestants returns the contestants of a scenario, and the oracle if it runs, by their names in results.
func makeContestants(s *scenarios.Scenario, own map[string]runner.Contestant) (map[string]runner.Contestant, error) {
	made := map[string]runner.Contestant{}
	for _, c := range s.Contestants {
		if mine := own[c.As]; mine != nil {
			made[c.As] = mine
			continue
		}
		contestant, err := contestants.New(c.Name, c.As, c.With)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.File, err)
		}
		made[c.As] = contestant
	}
	if *s.Oracle {
		oracle, err := contestants.New(scenarios.OracleName, "", nil)
		if err != nil {
			return nil, err
		}
		made[scenarios.OracleName] = oracle
	}
	return made, nil
}

package main

import (
	"fmt"
	"io"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// knownContestants tells the scenario language which contestants there are and what they take.
func knownContestants() map[string][]string {
	known := map[string][]string{}
	for _, c := range contestants.Builtin() {
		known[c.Name], _ = contestants.Params(c.Name)
	}
	return known
}

// competitors are what "all" stands for: the table without the yardstick.
func competitors() (names []string) {
	for _, c := range contestants.Builtin() {
		if c.Kind != contestants.KindOracle {
			names = append(names, c.Name)
		}
	}
	return names
}

// checkContestant says what is wrong with the values of a contestant's parameters, which only it knows, and whether it
// can take its part URLs from where the workload has them.
func checkContestant(w scenarios.Workload, c scenarios.Contestant) error {
	made, err := contestants.New(c.Name, c.As, c.With)
	if _, sdk := made.(runner.SDKContestant); sdk && w.PartURLs == "ucs" {
		return fmt.Errorf("%s makes its part URLs itself and cannot take them from the UCS: leave it out, or write part_urls: presign", c.Name)
	}
	if _, sdk := made.(runner.SDKContestant); sdk && w.Kind == scenarios.KindCalls {
		return fmt.Errorf("%s is an S3 SDK, which makes its own requests, and cannot send calls: leave it out, or write kind: upload", c.Name)
	}
	return err
}

// makeContestants returns the contestants of a scenario, and the oracle if it runs, by their names in results.
func makeContestants(s *scenarios.Scenario) (map[string]runner.Contestant, error) {
	made := map[string]runner.Contestant{}
	for _, c := range s.Contestants {
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

// listContestants prints a line for each contestant.
func listContestants(w io.Writer) error {
	for _, c := range contestants.Builtin() {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Name, c.Kind, c.Summary)
	}
	fmt.Fprintf(w, "\n`ratebench list contestants NAME` prints the parameters of one. `contestants: all` in a scenario, or\n"+
		"--set contestants=all, stands for all but the oracle that fit its workload.\n")
	return nil
}

// listContestant prints a contestant with its parameters and their defaults.
func listContestant(w io.Writer, name string) error {
	c, err := contestants.Find(name)
	if err != nil {
		return withExit(exitUsage, err)
	}
	fmt.Fprintf(w, "%s (%s): %s\n", c.Name, c.Kind, c.Summary)
	if c.Random != "" {
		fmt.Fprintf(w, "Its randomness comes from the %s, so it does not repeat with the seed.\n", c.Random)
	}
	for _, p := range c.Params {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", p.Name, p.Type, p.Default, p.Help)
	}
	return nil
}

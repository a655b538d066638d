package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/scenarios"
)

type listCmd struct {
	What *string `arg:"" optional:"" enum:"contestants,faults,scenarios" help:"contestants, faults or scenarios. Default: all three."`
	Name string  `arg:"" optional:"" help:"A contestant, whose parameters are printed."`
}

func (listCmd) Help() string {
	return `Examples:

    ratebench list
    ratebench list contestants
    ratebench list contestants exponential     # its parameters`
}

// Run prints the tables that the program itself goes by, so that they cannot be out of date.
func (c listCmd) Run(out *streams) error {
	w := tabwriter.NewWriter(out.out, 0, 0, 2, ' ', 0)
	if c.Name != "" {
		if *c.What != "contestants" {
			return usagef("only contestants have parameters to list; see docs/faults.md for those of faults")
		}
		if err := listContestant(w, c.Name); err != nil {
			return err
		}
		return w.Flush()
	}
	sections := []struct {
		name string
		rows func(io.Writer) error
	}{
		{"contestants", listContestants},
		{"faults", listFaults},
		{"scenarios", listScenarios},
	}
	first := true
	for _, s := range sections {
		if c.What != nil && *c.What != s.name {
			continue
		}
		if c.What == nil { // a title only where there is more than one table
			if !first {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "%s%s:\n", strings.ToUpper(s.name[:1]), s.name[1:])
		}
		first = false
		if err := s.rows(w); err != nil {
			return err
		}
	}
	return w.Flush()
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

// listContestant prints a contestant with its parameters, their defaults and what tune searches.
func listContestant(w io.Writer, name string) error {
	c, err := contestants.Find(name)
	if err != nil {
		return withExit(exitUsage, err)
	}
	fmt.Fprintf(w, "%s (%s): %s\n", c.Name, c.Kind, c.Summary)
	if c.Random != "" {
		fmt.Fprintf(w, "Its randomness comes from the %s, so it does not repeat with the seed.\n", c.Random)
	}
	if len(c.Params) > 0 {
		fmt.Fprintf(w, "  PARAMETER\tTYPE\tDEFAULT\tTUNE SEARCHES\tIN A SENTENCE\n")
	}
	for _, p := range c.Params {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", p.Name, p.Type, p.Default, cmp.Or(p.Search.String(), "–"), p.Help)
	}
	return nil
}

func listFaults(w io.Writer) error {
	fmt.Fprintf(w, "  KIND\tFAMILY\tDOES\tGOES BY\tWHERE\tIN A SENTENCE\n")
	for _, k := range faults.Builtin() {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", k.Name, k.Family, k.Effect, k.Order, cmp.Or(k.Only, "anywhere"), k.Summary)
	}
	fmt.Fprintf(w, "\nEach has an example, such as `ratebench run faults/throttle`; docs/faults.md has their parameters.\n")
	return nil
}

func listScenarios(w io.Writer) error {
	for _, name := range scenarios.Shipped() {
		s, err := scenarios.Load(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %s\t%s\n", name, strings.Join(strings.Fields(s.Description), " "))
	}
	return nil
}

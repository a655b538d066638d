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
}

func (listCmd) Help() string {
	return `Examples:

    ratebench list
    ratebench list contestants`
}

// Run prints the tables that the program itself goes by, so that they cannot be out of date.
func (c listCmd) Run(out *streams) error {
	w := tabwriter.NewWriter(out.out, 0, 0, 2, ' ', 0)
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

// listContestants prints each contestant and, below it, its parameters with their defaults.
func listContestants(w io.Writer) error {
	for _, c := range contestants.Builtin() {
		fmt.Fprintf(w, "  %s\t%s\n", c.Name, c.Summary)
		for _, p := range c.Params {
			fmt.Fprintf(w, "  \t  %s: %s  %s\n", p.Name, p.Default, p.Help)
		}
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

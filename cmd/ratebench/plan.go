package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/scenarios"
)

type planCmd struct {
	scenarioFlags
	clockFlags
}

func (planCmd) Help() string {
	return `Examples:

    ratebench plan scenarios/flaky.yaml
    ratebench plan flaky --set workload.part_size=[8MiB,64MiB] --repeats 5
    ratebench plan fleet-day --clock virtual`
}

// Run prints the grid and what it will cost.
func (c planCmd) Run(out *streams) error {
	s, err := c.load(out.in)
	if err != nil {
		return err
	}
	if err := c.check(s, s.Backend.Kind); err != nil {
		return err
	}
	e := s.Estimate()
	if text := strings.Join(strings.Fields(s.Description), " "); text != "" {
		fmt.Fprintf(out.out, "%s: %s\n\n", s.Name, text)
	}
	w := tabwriter.NewWriter(out.out, 0, 0, 2, ' ', 0)
	columns := planColumns(&s.Workload)
	for i, p := range columns {
		fmt.Fprint(w, p.title, ending(i, len(columns)))
	}
	for _, cell := range e.Cells {
		for i, p := range columns {
			fmt.Fprint(w, p.value(&cell), ending(i, len(columns)))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	unit := ""
	if c.Clock == clockVirtual {
		unit = " of virtual time"
	}
	_, err = fmt.Fprintf(out.out, "\n%d trials, %v, %v%s if nothing has to be sent twice; faults and verification come on top.\n",
		e.Trials, units.Size(e.Bytes), about(e.Time), unit)
	return err
}

// planColumn is a column of the grid.
type planColumn struct {
	title string
	value func(*scenarios.CellEstimate) any
}

// planColumns are what there is to say of a cell: calls have no parts, and where they come at a rate, their number at a time is
// not set.
func planColumns(w *scenarios.Workload) []planColumn {
	size := planColumn{"part size", func(c *scenarios.CellEstimate) any { return units.Size(c.PartSize) }}
	flight := planColumn{"in flight", func(c *scenarios.CellEstimate) any { return c.Concurrency }}
	columns := []planColumn{{"contestant", func(c *scenarios.CellEstimate) any { return c.Contestant }}}
	if w.Kind == "calls" {
		size.title, flight.title = "size of calls", "at a time"
		if len(w.Mix) > 0 {
			size.title = "mean size of calls"
		}
		columns = append(columns, size)
		if w.ArrivalRate == 0 {
			columns = append(columns, flight)
		}
	} else if w.Do == scenarios.DoDelete { // of which there are no parts
		return append(columns,
			planColumn{"files", func(*scenarios.CellEstimate) any { return w.Clients * w.Objects }},
			planColumn{"repeats", func(c *scenarios.CellEstimate) any { return c.Repeats }},
			planColumn{"time", func(c *scenarios.CellEstimate) any { return about(c.Time) }},
			planColumn{"limited by", func(c *scenarios.CellEstimate) any { return c.Limit }},
		)
	} else {
		columns = append(columns, size, flight, planColumn{"parts", func(c *scenarios.CellEstimate) any { return c.Parts }})
	}
	return append(columns,
		planColumn{"repeats", func(c *scenarios.CellEstimate) any { return c.Repeats }},
		planColumn{"bytes", func(c *scenarios.CellEstimate) any { return units.Size(c.Bytes) }},
		planColumn{"time", func(c *scenarios.CellEstimate) any { return about(c.Time) }},
		planColumn{"limited by", func(c *scenarios.CellEstimate) any { return c.Limit }},
	)
}

// ending follows column i of n.
func ending(i, n int) string {
	if i == n-1 {
		return "\n"
	}
	return "\t"
}

// about rounds a time to what an estimate can know.
func about(d time.Duration) units.Duration {
	unit := time.Second
	if d < 10*time.Second {
		unit = 100 * time.Millisecond
	}
	return units.Duration(d.Round(unit))
}

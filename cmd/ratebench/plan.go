package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ratebench/ratebench/internal/units"
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
	fmt.Fprintln(w, "contestant\tpart size\tin flight\tparts\trepeats\tbytes\ttime\tlimited by")
	for _, cell := range e.Cells {
		fmt.Fprintf(w, "%s\t%v\t%d\t%d\t%d\t%v\t%v\t%s\n", cell.Contestant, units.Size(cell.PartSize), cell.Concurrency,
			cell.Parts, cell.Repeats, units.Size(cell.Bytes), about(cell.Time), cell.Limit)
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

// about rounds a time to what an estimate can know.
func about(d time.Duration) units.Duration {
	unit := time.Second
	if d < 10*time.Second {
		unit = 100 * time.Millisecond
	}
	return units.Duration(d.Round(unit))
}

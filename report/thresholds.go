package report

import (
	"fmt"
	"slices"
	"strings"
)

// Threshold is a condition on the median over the repeats of a metric, in every cell.
type Threshold struct {
	Contestant string   // empty: all but the oracle
	Metric     string   // one of Metrics
	Min        *float64 // nil: no lower limit
	Max        *float64 // nil: no upper limit
}

// The results of a check.
const (
	Passed = "passed"
	Broken = "broken"
	NoData = "no data" // nothing to check: no verdict, which is not a pass
)

// Check is a threshold held against one contestant in one cell.
type Check struct {
	Threshold  Threshold
	Contestant string
	Cell       string // empty with NoData when the contestant is nowhere
	Value      Stat
	Result     string // Passed, Broken or NoData
}

// CheckThresholds holds every threshold against every cell. A metric that does not exist is an error.
//
// A value that is only known to be more than something (a recovery that was not reached) breaks any upper limit: that it was
// kept is not shown.
func CheckThresholds(a *Analysis, thresholds []Threshold) ([]Check, error) {
	var checks []Check
	for _, th := range thresholds {
		if !slices.Contains(Metrics(), th.Metric) {
			return nil, fmt.Errorf("threshold on %q: there is no such metric; use one of %s", th.Metric, strings.Join(Metrics(), ", "))
		}
		before := len(checks)
		for i := range a.Cells {
			for j := range a.Cells[i].Rows {
				row := &a.Cells[i].Rows[j]
				if th.Contestant == row.Contestant || th.Contestant == "" && !row.Oracle {
					checks = append(checks, th.check(&a.Cells[i], row))
				}
			}
		}
		if len(checks) == before {
			checks = append(checks, Check{Threshold: th, Contestant: th.Contestant, Result: NoData})
		}
	}
	return checks, nil
}

func (th Threshold) check(c *Cell, row *Row) Check {
	s := row.Stat(th.Metric)
	k := Check{Threshold: th, Contestant: row.Contestant, Cell: c.Name(), Value: s, Result: Passed}
	switch {
	case s.N == 0:
		k.Result = NoData
	case th.Max != nil && (s.Censored || s.Median > *th.Max), th.Min != nil && s.Median < *th.Min:
		k.Result = Broken
	}
	return k
}

// String says what was wanted and what was found.
func (k Check) String() string {
	var want []string
	if k.Threshold.Min != nil {
		want = append(want, "at least "+num(*k.Threshold.Min))
	}
	if k.Threshold.Max != nil {
		want = append(want, "at most "+num(*k.Threshold.Max))
	}
	who := clean(k.Contestant)
	if who == "" {
		who = "any contestant"
	}
	if k.Cell != "" {
		who += " (" + k.Cell + ")"
	}
	got := median(k.Value)
	if k.Result == NoData {
		got = "no data"
	}
	return fmt.Sprintf("%s: %s of %s is %s, wanted %s", k.Result, k.Threshold.Metric, who, got, strings.Join(want, " and "))
}

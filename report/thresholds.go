package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// Threshold is a condition on the median over the repeats of a metric, in every cell.
type Threshold struct {
	Contestant string // empty: all but the oracle
	Metric     string // one of Metrics; with a Phase, one of PhaseMetrics
	Phase      string // empty: the whole trial
	// Min and Max may be reached, Above and Below may not. Nil: no such limit.
	Min, Max, Above, Below *float64
}

// The results of a check.
const (
	Passed = "passed"
	Broken = "broken"
	NoData = "no data" // too little to check, which is not a pass
)

// Check is a threshold held against one contestant in one cell.
type Check struct {
	Threshold  Threshold
	Contestant string
	Cell       string // empty with NoData when the contestant is nowhere
	Value      Stat
	Trials     int    // that count, of which Value.N have the number
	Why        string // there is NoData; empty: not known
	Result     string // Passed, Broken or NoData
}

// CheckThresholds holds every threshold against every cell. A metric that does not exist is an error.
//
// A value that is only known to be more than something (a recovery that was not reached) breaks any upper limit: that it was
// kept is not shown. A number that some of the trials that count do not have is NoData: those may be the ones in which it went wrong.
func CheckThresholds(a *Analysis, thresholds []Threshold) ([]Check, error) {
	var checks []Check
	for _, th := range thresholds {
		known, where := Metrics(), ""
		if th.Phase != "" {
			known, where = PhaseMetrics(), " of a phase"
		}
		if !slices.Contains(known, th.Metric) {
			return nil, fmt.Errorf("threshold on %q: there is no such metric%s; use one of %s", th.Metric, where, strings.Join(known, ", "))
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
	if th.Phase != "" {
		s = row.PhaseStat(th.Phase, th.Metric)
	}
	k := Check{Threshold: th, Contestant: row.Contestant, Cell: c.Name(), Value: s, Trials: row.Trials, Result: Passed}
	switch {
	case s.N == 0, s.N < row.Trials:
		k.Result = NoData
		if th.Metric == "recovery_s" {
			k.Why = whyUnknown(row.unknown)
		}
	// Each limit is asked whether it is kept: NaN keeps none.
	case s.Censored && (th.Max != nil || th.Below != nil),
		th.Max != nil && !(s.Median <= *th.Max), th.Below != nil && !(s.Median < *th.Below),
		th.Min != nil && !(s.Median >= *th.Min), th.Above != nil && !(s.Median > *th.Above):
		k.Result = Broken
	}
	return k
}

// String says what was wanted and what was found.
func (k Check) String() string {
	var want []string
	for _, l := range []struct {
		words string
		limit *float64
	}{{"at least", k.Threshold.Min}, {"more than", k.Threshold.Above}, {"at most", k.Threshold.Max}, {"less than", k.Threshold.Below}} {
		if l.limit != nil {
			want = append(want, l.words+" "+num(*l.limit))
		}
	}
	who := clean(k.Contestant)
	if who == "" {
		who = "any contestant"
	}
	if k.Cell != "" {
		who += " (" + k.Cell + ")"
	}
	got := wideSpread(k.Value)
	if k.Result == NoData {
		got = "no data"
		if k.Value.N > 0 {
			got = fmt.Sprintf("known of %d of %d trials", k.Value.N, k.Trials)
		}
		if k.Why != "" {
			got += " (" + k.Why + ")"
		}
	}
	what := k.Threshold.Metric
	if k.Threshold.Phase != "" {
		what += " in " + clean(k.Threshold.Phase)
	}
	return fmt.Sprintf("%s: %s of %s is %s, wanted %s", k.Result, what, who, got, strings.Join(want, " and "))
}

// unknownRecoveries say of each value of Trial.RecoveryUnknown what it means, and what to do about it.
var unknownRecoveries = []struct{ reason, words string }{
	{record.NoEnd, "the trouble has no end"},
	{record.NoBaseline, "no goodput before the trouble"},
	{record.EndedFirst, "the trial was over before the trouble: give it more work"},
	{record.DoneTooSoon, "all work was done within half a second of the trouble, and behind until then: give it more work"},
}

// whyUnknown says why trials have no recovery; empty: there was no trouble.
func whyUnknown(trials map[string]int) string {
	var why []string
	for _, u := range unknownRecoveries {
		if trials[u.reason] > 0 {
			why = append(why, u.words)
		}
	}
	return strings.Join(why, "; ")
}

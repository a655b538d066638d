package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// Threshold is a condition on a metric in every cell: on the median over the repeats, but for upper limits on a count of what goes wrong, which every
// repeat has to keep.
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
	Over       int    // trials over an upper limit that every trial has to keep; 0: none, or the limit is on the median
	Trials     int    // that count, of which Value.N have the number
	Why        string // there is NoData; empty: not known
	Result     string // Passed, Broken or NoData
}

// goneWrong are the metrics that count what goes wrong, in trials.csv and in phases.csv. What goes wrong in four trials of ten leaves the median at zero, so
// upper limits hold for every trial.
//
// Note: attempts and retries are what success costs, as amplification is, and go by the median.
var goneWrong = []string{
	"failed_calls", "failed_objects", "timed_out", "cut_off", "throttled", "early", "wasted_bytes", "duplicates", "metastable",
	"false_retries", "missed_retries", "orphaned_uploads", "restarted_files", "discarded_bytes",
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
	s, each := row.Stat(th.Metric), row.wrong[th.Metric]
	if th.Phase != "" {
		s, each = row.PhaseStat(th.Phase, th.Metric), row.wrongIn(th.Phase)[th.Metric]
	}
	most := s.Median
	if slices.Contains(goneWrong, th.Metric) {
		most = s.Max
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
		th.Max != nil && !(most <= *th.Max), th.Below != nil && !(most < *th.Below),
		th.Min != nil && !(s.Median >= *th.Min), th.Above != nil && !(s.Median > *th.Above):
		k.Result = Broken
		for _, v := range each {
			if th.Max != nil && !(v <= *th.Max) || th.Below != nil && !(v < *th.Below) {
				k.Over++
			}
		}
	}
	return k
}

// wrongIn is Row.wrong within a phase.
func (r *Row) wrongIn(phase string) map[string][]float64 {
	for i := range r.Phases {
		if r.Phases[i].Name == phase {
			return r.Phases[i].wrong
		}
	}
	return nil
}

// keepWrong keeps the values of a metric, trial by trial, if it counts what goes wrong.
func keepWrong(wrong map[string][]float64, metric string, samples []sample) {
	if !slices.Contains(goneWrong, metric) {
		return
	}
	for _, s := range samples {
		wrong[metric] = append(wrong[metric], s.value)
	}
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
	if k.Over > 0 && k.Trials > 1 {
		got = fmt.Sprintf("up to %s, and over the limit in %d of %d trials", num(k.Value.Max), k.Over, k.Trials)
	}
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
	{record.EndedFirst, "the work was over before the trouble: give it more"},
	{record.DoneTooSoon, "all work was done within half a second of the trouble, and behind until then: give it more"},
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

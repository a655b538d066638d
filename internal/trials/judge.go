package trials

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// ErrNoVerdict says that there is nothing to judge by. That is never a pass.
var ErrNoVerdict = errors.New("no verdict")

// ThresholdError says which thresholds of a scenario do not hold: those that are broken, then those that have nothing to go by. That
// something was kept is not shown by its never having been measured.
type ThresholdError struct{ Checks []report.Check }

func (e *ThresholdError) Error() string {
	var b strings.Builder
	b.WriteString("a threshold does not hold:")
	for _, c := range e.Checks {
		b.WriteString("\n  " + c.String())
	}
	return b.String()
}

// noVerdict is an ErrNoVerdict with its reason, which says it all.
type noVerdict string

func (e noVerdict) Error() string        { return string(e) }
func (e noVerdict) Is(target error) bool { return target == ErrNoVerdict }

// Judge holds results against the scenario's thresholds. A threshold without data is broken. Where no trial has ended there is no verdict,
// and none either where nothing got through and no threshold says that this is a failure, or where all that is broken, or any that is kept, is so in
// numbers of trials in which this machine was the bottleneck: those tell of the machine. The error is a *ThresholdError, or one that
// is ErrNoVerdict, or says that a threshold names no metric.
func Judge(s *scenarios.Scenario, a *report.Analysis) error {
	if a.Trials == 0 {
		return noVerdict("no trial ended, so there is nothing to judge")
	}
	var thresholds []report.Threshold
	for _, t := range s.Thresholds {
		thresholds = append(thresholds, report.Threshold{
			Contestant: t.Contestant, Metric: t.Metric, Phase: t.Phase, Min: t.Min, Max: t.Max, Above: t.Above, Below: t.Below,
		})
	}
	checks, err := report.CheckThresholds(a, thresholds)
	if err != nil {
		return err
	}
	e := new(ThresholdError)
	var doubt noVerdict
	for _, result := range []string{report.Broken, report.NoData, report.Passed} {
		for _, c := range checks {
			switch why := short(a, c); {
			case c.Result != result:
			case why != "":
				doubt = cmp.Or(doubt, noVerdict(why))
			case result != report.Passed:
				e.Checks = append(e.Checks, c)
			}
		}
	}
	if len(e.Checks) > 0 {
		return e
	}
	what, any := "upload", anyGoodput(a)
	switch w := s.Workload; {
	case w.Kind == scenarios.KindCalls:
		what, any = "call", anyCall(a)
	case w.Kind == scenarios.KindGHGA && w.Do == scenarios.DoDelete:
		what, any = "deletion", anyDone(a)
	case w.Kind == scenarios.KindGHGA:
		what = w.Do
	}
	if !any {
		return noVerdict("no " + what + " got through in any trial, so there is nothing to compare")
	}
	if doubt != "" {
		return doubt
	}
	return nil
}

// short says that this machine was the bottleneck in half of the trials or more that a check is about; empty: it was not.
func short(a *report.Analysis, k report.Check) string {
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			if r.Contestant == k.Contestant && c.Name() == k.Cell && r.Saturated > 0 && 2*r.Saturated >= r.Trials {
				return fmt.Sprintf("this machine was the bottleneck in %d of %d trials behind a threshold, so that says nothing of the contestant: "+
					"use a faster or a calmer machine, or --clock virtual (%s)", r.Saturated, r.Trials, k)
			}
		}
	}
	return ""
}

// anyGoodput reports whether anybody got anything through.
func anyGoodput(a *report.Analysis) bool {
	for _, c := range a.Cells {
		for _, row := range c.Rows {
			if row.Values["goodput_mib_s"].Max > 0 {
				return true
			}
		}
	}
	return false
}

// anyDone reports whether anybody got anything done: a file that is deleted carries no bytes.
func anyDone(a *report.Analysis) bool {
	for _, c := range a.Cells {
		for _, row := range c.Rows {
			if row.FailedObjects < row.Objects {
				return true
			}
		}
	}
	return false
}

// anyCall reports whether anybody got a call through: many carry no bytes, and have no goodput. In trials that count, what
// succeeded was verified.
func anyCall(a *report.Analysis) bool {
	for _, c := range a.Cells {
		for _, row := range c.Rows {
			for _, n := range row.Calls.By {
				if n > 0 {
					return true
				}
			}
		}
	}
	return false
}

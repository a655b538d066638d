package trials

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// ErrNoVerdict says that there is nothing to judge by. That is never a pass.
var ErrNoVerdict = errors.New("no verdict")

// ThresholdError says which thresholds of a scenario do not hold.
type ThresholdError struct {
	Broken  []report.Check
	Unknown []report.Check // have nothing to go by
}

func (e *ThresholdError) Error() string {
	return "a threshold does not hold:" + list(append(append([]report.Check(nil), e.Broken...), e.Unknown...))
}

// noVerdict is an ErrNoVerdict with its reason, which says it all.
type noVerdict string

func (e noVerdict) Error() string        { return string(e) }
func (e noVerdict) Is(target error) bool { return target == ErrNoVerdict }

// Judge holds results against the scenario's thresholds. A threshold without data is no verdict, never a pass. The error is a
// *ThresholdError, or one that is ErrNoVerdict, or says that a threshold names no metric.
func Judge(s *scenarios.Scenario, a *report.Analysis) error {
	if a.Trials == 0 {
		return noVerdict("no trial ended, so there is nothing to judge")
	}
	what, any := "upload", anyGoodput(a)
	if s.Workload.Kind == scenarios.KindCalls {
		what, any = "call", anyCall(a)
	}
	if !any {
		return noVerdict("no " + what + " got through in any trial, so there is nothing to compare")
	}
	var thresholds []report.Threshold
	for _, t := range s.Thresholds {
		thresholds = append(thresholds, report.Threshold{Contestant: t.Contestant, Metric: t.Metric, Min: t.Min, Max: t.Max})
	}
	checks, err := report.CheckThresholds(a, thresholds)
	if err != nil {
		return err
	}
	e := new(ThresholdError)
	for _, c := range checks {
		switch c.Result {
		case report.Broken:
			e.Broken = append(e.Broken, c)
		case report.NoData:
			e.Unknown = append(e.Unknown, c)
		}
	}
	switch {
	case len(e.Broken) > 0:
		return e
	case len(e.Unknown) > 0:
		return noVerdict("a threshold has nothing to go by:" + list(e.Unknown))
	}
	return nil
}

func list(checks []report.Check) string {
	var b strings.Builder
	for _, c := range checks {
		fmt.Fprintf(&b, "\n  %s", c)
	}
	return b.String()
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

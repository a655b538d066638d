package bench

import (
	"errors"
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/report"
)

var (
	// ErrTrials says that trials failed or are invalid: an object that is not as it was sent, client and server whose records
	// differ, a goodput that cannot be. They are left out of the numbers.
	ErrTrials = runner.ErrTrial
	// ErrNoVerdict says that there is nothing to judge by: no trial ended, or nothing got through.
	ErrNoVerdict = trials.ErrNoVerdict
)

// ThresholdError says that all trials went through, and that thresholds of the scenario do not hold.
type ThresholdError struct {
	// Checks are those that are broken, then those that had no number to be held against.
	Checks []report.Check
}

// Error names every one with what was wanted and what was found.
func (e *ThresholdError) Error() string {
	var b strings.Builder
	b.WriteString("a threshold does not hold:")
	for _, c := range e.Checks {
		b.WriteString("\n  " + c.String())
	}
	return b.String()
}

// judged gives a verdict the types of this package.
func judged(err error) error {
	if e, ok := errors.AsType[*trials.ThresholdError](err); ok {
		return &ThresholdError{Checks: e.Checks}
	}
	return err
}

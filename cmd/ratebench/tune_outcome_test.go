package main

import (
	"testing"

	"github.com/ratebench/ratebench/internal/tune"
)

// A search whose result the real clock contradicts, and which has nothing else that it confirms, is no verdict.
func TestTuneOutcome(t *testing.T) {
	confirm := &tune.ConfirmView{Clock: "real", Verdict: tune.Contradicts}
	if err := tuneOutcome(&tune.Report{Confirm: confirm}); exitCode(err) != exitNoVerdict {
		t.Errorf("nothing is recommended, and it ends with %d: %v", exitCode(err), err)
	}
	if err := tuneOutcome(&tune.Report{Confirm: confirm, Recommend: &tune.Row{}}); err != nil {
		t.Errorf("something is recommended in its place, and it ends with %v", err)
	}
	if err := tuneOutcome(&tune.Report{Recommend: &tune.Row{}}); err != nil {
		t.Error(err)
	}
}

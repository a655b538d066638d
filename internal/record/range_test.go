package record

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A number that no trial has is damage, and so is a row that is there twice.
func TestImpossibleRows(t *testing.T) {
	some := func(f float64) *float64 { return &f }
	phase := PhaseRow{Trial: 1, Phase: "storm", FromS: 2, ToS: 4}
	for _, c := range []struct {
		name   string
		trial  Trial
		phases []PhaseRow
		detail []Detail
		want   string // empty: all is well
	}{
		{name: "a trial of nothing"},
		{name: "ends of ranges", trial: Trial{Amplification: 1, Fairness: some(1), HintCompliance: some(0), Calls: 1, FailedCalls: 1, P50S: 1, P95S: 1, P99S: 1}},
		{name: "goodput", trial: Trial{GoodputMiBs: -5}, want: "trials.csv:2: column goodput_mib_s holds \"-5\""},
		{name: "concurrency", trial: Trial{Concurrency: -3}, want: "trials.csv:2: column concurrency holds \"-3\""},
		{name: "a number that may be missing", trial: Trial{RecoveryS: some(-1)}, want: "trials.csv:2: column recovery_s holds \"-1\""},
		{name: "amplification", trial: Trial{Amplification: 0.2}, want: "trials.csv:2: column amplification holds 0.2, which cannot be in trial 1"},
		{name: "fairness", trial: Trial{Fairness: some(1.5)}, want: "column fairness holds 1.5"},
		{name: "compliance", trial: Trial{HintCompliance: some(2)}, want: "column hint_compliance holds 2"},
		{name: "more failed calls than calls", trial: Trial{Calls: 3, FailedCalls: 4}, want: "column failed_calls holds 4"},
		{name: "more lost than begun", trial: Trial{FailedObjects: 1}, want: "column failed_objects holds 1"},
		{name: "p50 above p95", trial: Trial{P50S: 2, P95S: 1, P99S: 3}, want: "column p50_s holds 2"},
		{name: "p95 above p99", trial: Trial{P95S: 4, P99S: 3}, want: "column p95_s holds 4"},
		{name: "phases", phases: []PhaseRow{phase, {Trial: 1, Phase: "after", FromS: 4}, {Trial: 2, Phase: "storm", FromS: 2}}},
		{name: "a phase twice", phases: []PhaseRow{phase, {Trial: 1, Phase: "after", FromS: 4}, phase}, want: "phases.csv:4: phase \"storm\" of trial 1 stands on line 2 already"},
		{name: "a phase of negative length", phases: []PhaseRow{{Trial: 1, Phase: "storm", FromS: -2}}, want: "phases.csv:2: column from_s holds \"-2\""},
		{name: "details", detail: []Detail{{Trial: 1}, {Trial: 2}}},
		{name: "details twice", detail: []Detail{{Trial: 1}, {Trial: 2}, {Trial: 1}}, want: "details.jsonl:3: trial 1 stands on line 1 already"},
		{name: "details that the reader refuses", detail: []Detail{{Trial: 1}, {Trial: 7}}, want: "details.jsonl:2: seven"},
	} {
		f := create(t, filepath.Join(t.TempDir(), "run"))
		c.trial.Trial = 1
		err := errors.Join(f.AddTrial(c.trial), f.AddPhases(c.phases))
		for _, d := range c.detail {
			err = errors.Join(err, f.AddDetail(d))
		}
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(
			f.Trials(func(*Trial) error { return nil }), f.Phases(func(*PhaseRow) error { return nil }),
			f.Details(func(d *Detail) error {
				if d.Trial == 7 {
					return errors.New("seven")
				}
				return nil
			}))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// The bins of several trials may be mixed, as long as each has its own in order.
func TestTimelinesOfSeveralTrials(t *testing.T) {
	f := create(t, filepath.Join(t.TempDir(), "run"))
	if err := f.AddTimeline([]Tick{{Trial: 1}, {Trial: 2}, {Trial: 1, TS: 0.1}, {Trial: 2, TS: 0.1}}); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := f.Timeline(func(*Tick) error { n++; return nil }); err != nil || n != 4 {
		t.Errorf("%d bins, %v", n, err)
	}
	path := filepath.Join(f.Dir(), TimelineFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(b), "\n")
	if err := os.WriteFile(path, append(b, rows...), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Timeline(func(*Tick) error { return nil }); err == nil || !strings.Contains(err.Error(), "timeline.csv:6: the bin at 0 s of trial 1") {
		t.Errorf("all rows twice: %v", err)
	}
}

package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// callsOf are 200 calls a trial, of which the given number is cut off in the first place, and one everywhere else; below zero: nobody counted.
func callsOf(cut int) func(*Run) {
	return func(r *Run) {
		r.Manifest.Resolved = "workload: {kind: calls}\n"
		every(func(t *record.Trial) {
			herd := 5 + float64(t.Repeat)/100
			if t.Objects, t.HerdIndex = 200, &herd; cut >= 0 {
				t.CutOff = new(1)
			}
		})(r)
		first(func(t *record.Trial) {
			if cut >= 0 {
				t.CutOff = new(cut)
			}
		})(r)
	}
}

// Who waits until the trial's end makes few attempts and has lost nothing, and is not better for it.
func TestCompareCutOff(t *testing.T) {
	waits := func(cut int) func(*Run) {
		return func(r *Run) {
			callsOf(cut)(r)
			first(func(t *record.Trial) { t.Amplification /= 2 })(r)
		}
	}
	for _, c := range []struct {
		name           string
		base, head     func(*Run)
		o              CompareOptions
		share, amplify Verdict
		outcome        string
	}{
		{"nothing more is cut off", callsOf(1), waits(1), CompareOptions{}, VerdictSame, VerdictBetter, ComparePassed},
		{"one more, which is no more than the end of any trial", callsOf(1), waits(2), CompareOptions{}, VerdictSame, VerdictBetter, ComparePassed},
		{"a third is cut off", callsOf(1), waits(66), CompareOptions{}, VerdictWorse, VerdictInconclusive, CompareFailed},
		{"where none was", callsOf(0), waits(66), CompareOptions{}, VerdictWorse, VerdictInconclusive, CompareFailed},
		{"and a rule about attempts", callsOf(1), waits(66), rules(t, "amplification>+5%"), VerdictWorse, VerdictInconclusive, CompareFailed},
		{"and other metrics", callsOf(1), waits(66), CompareOptions{Metrics: []string{"amplification"}}, VerdictWorse, VerdictInconclusive, CompareFailed},
		{"and a rule that allows it", callsOf(1), waits(66), rules(t, "amplification>+5%", "cut>+0.4"), VerdictWorse, VerdictInconclusive, ComparePassed},
		{"fewer are cut off", callsOf(66), waits(1), CompareOptions{}, VerdictBetter, VerdictBetter, ComparePassed},
	} {
		got := compare(t, made(c.name, c.base, c.head, c.o, ""))
		share, amplify := changeOf(t, got, CutShare), changeOf(t, got, "amplification")
		if share.Verdict != c.share || amplify.Verdict != c.amplify || got.Outcome != c.outcome {
			t.Errorf("%s: %s; %s; %s %q, want %s, %s and %s", c.name, share.Sentence(), amplify.Sentence(), got.Outcome, got.Doubts, c.share, c.amplify, c.outcome)
		}
		said := slices.ContainsFunc(got.Warnings, func(w Warning) bool { return strings.HasPrefix(w.Text, "fewer calls of a ") })
		if said != (c.amplify == VerdictInconclusive) {
			t.Errorf("%s: warned that fewer succeeded: %v", c.name, said)
		}
		if text := got.Gate[len(got.Gate)-1].Rule; len(c.o.Rules) < 2 && !strings.HasSuffix(text, "failed, cut") {
			t.Errorf("%s: the gate is %q", c.name, text)
		}
	}
	// Of uploads there is no such share, and no gate speaks of it.
	uploads := every(func(t *record.Trial) { t.CutOff = new(3) })
	got := compare(t, made("uploads", uploads, uploads, CompareOptions{}, ""))
	if slices.ContainsFunc(got.Changes, func(k Change) bool { return k.Metric == CutShare }) || strings.Contains(got.Gate[0].Rule, "cut") {
		t.Errorf("uploads: the gate is %q", got.Gate[0].Rule)
	}
}

// What means something else in the files of an older version has no verdict, and what means the same has.
func TestCompareRedefined(t *testing.T) {
	metrics := CompareOptions{Metrics: []string{"p95", "recovery", "herd_index", "cut_off", "amplification"}}
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		why        string // empty: there is a verdict
	}{
		{"both count", callsOf(1), callsOf(1), ""},
		{"neither does", callsOf(-1), callsOf(-1), ""},
		{"the head does", callsOf(-1), callsOf(1), "the base was run by an older version"},
		{"the base does", callsOf(1), callsOf(-1), "the head was run by an older version"},
		{"both, and not everywhere", func(r *Run) {
			callsOf(1)(r)
			every(func(x *record.Trial) {
				if x.Repeat > 5 {
					x.CutOff = nil
				}
			})(r)
		}, callsOf(1), "the base was run by an older version"},
	} {
		got := compare(t, made(c.name, c.base, c.head, metrics, ""))
		for _, metric := range []string{"p95_s", "recovery_s", "herd_index"} {
			k := changeOf(t, got, metric)
			if (k.Verdict == VerdictNone) != (c.why != "") || !strings.Contains(k.Why, c.why) || c.why != "" && k.P != 1 {
				t.Errorf("%s: %s (%s), want %q", c.name, k.Sentence(), k.Why, c.why)
			}
		}
		if k := changeOf(t, got, "amplification"); k.Verdict == VerdictNone {
			t.Errorf("%s: %s (%s)", c.name, k.Sentence(), k.Why)
		}
		if k := overChange(got, "a", "p95_s"); (k.Verdict == VerdictNone) != (c.why != "") || !strings.Contains(k.Why, c.why) {
			t.Errorf("%s, over all cells: %s (%s)", c.name, k.Sentence(), k.Why)
		}
	}
	// A column that is not there is not zero.
	got := compare(t, made("unknown", callsOf(-1), callsOf(1), metrics, ""))
	if k := changeOf(t, got, "cut_off"); k.Base.N != 0 || k.Head.N != 10 || k.Verdict != VerdictNone {
		t.Errorf("the base has %d values of what nobody counted: %s", k.Base.N, k.Sentence())
	}
}

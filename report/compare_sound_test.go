package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// What a run that broke off lacks is counted where it lacks it, if the scenario says how many repeats there were to be.
func TestCompareLacking(t *testing.T) {
	brokenOff := func(resolved string) func(r *Run) {
		return func(r *Run) {
			r.Manifest.Resolved = resolved
			kept := r.Trials[:0]
			for _, x := range r.Trials {
				if x.Contestant != "b" || x.PartSize != 16<<20 || x.Repeat <= 6 {
					kept = append(kept, x)
				}
			}
			r.Trials = kept
		}
	}
	for _, c := range []struct {
		resolved string
		want     []string // part of each doubt
	}{
		{"repeats: 10\nworkload: {objects: 1}\n", []string{"4 planned trials of b (16MiB parts, 4 in flight) in the head"}},
		{"workload: {objects: 1}\n", []string{"of a (8MiB", "of b (8MiB", "of a (16MiB", "4 planned trials of b (16MiB"}},
	} {
		k := made("lacking", func(r *Run) { r.Manifest.Resolved = c.resolved }, brokenOff(c.resolved), CompareOptions{}, "")
		got := compare(t, k)
		if len(got.Doubts) != len(c.want) || got.Outcome != CompareNoVerdict {
			t.Errorf("%q: %s, %q", c.resolved, got.Outcome, got.Doubts)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got.Doubts[i], want) {
				t.Errorf("%q: doubt %q, want %q", c.resolved, got.Doubts[i], want)
			}
		}
	}
}

// How a run ended matters where its rows do not say it.
func TestCompareEndings(t *testing.T) {
	for _, c := range []struct{ outcome, want string }{
		{record.OutcomePassed, ""}, {record.OutcomeThreshold, ""}, {record.OutcomeInterrupted, ""}, {record.OutcomeNoVerdict, ""}, {"", ""},
		{record.OutcomeFailed, "the run in head failed: disk full"}, {record.OutcomeRunning, "was not ended"},
	} {
		got := compare(t, made(c.outcome, nil, func(r *Run) { r.Manifest.Outcome, r.Manifest.Problem = c.outcome, "disk full" }, CompareOptions{}, ""))
		if text := strings.Join(got.Doubts, "\n"); (text == "") != (c.want == "") || !strings.Contains(text, c.want) {
			t.Errorf("%q: %q, want %q", c.outcome, text, c.want)
		}
	}
}

// Half of the trials may be saturated; more may not, on either side.
func TestCompareSaturated(t *testing.T) {
	for n, want := range map[int]string{0: ComparePassed, 5: ComparePassed, 6: CompareNoVerdict} {
		some := first(func(x *record.Trial) {
			if x.Repeat <= n {
				x.Saturated = "cpu"
			}
		})
		for i, k := range []CompareCase{made("base", some, nil, CompareOptions{}, ""), made("head", nil, some, CompareOptions{}, "")} {
			if got := compare(t, k); got.Outcome != want {
				t.Errorf("%d of 10 on side %d: %s, want %s: %q", n, i, got.Outcome, want, got.Doubts)
			}
		}
	}
}

// Everything that a filter lists has to be found.
func TestRuleStrays(t *testing.T) {
	changes := []Change{
		{Metric: goodput, Contestant: "a", PartSize: 8 << 20, Concurrency: 4},
		{Metric: goodput, Contestant: "b", PartSize: 16 << 20, Concurrency: 4},
	}
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{}, "[]"},
		{Rule{Contestants: []string{"a", "b"}, PartSizes: []int64{8 << 20, 16 << 20}, Concurrencies: []int{4}}, "[]"},
		{Rule{Contestants: []string{"a", "c"}}, "[c]"},
		{Rule{Contestants: []string{"a"}, PartSizes: []int64{8 << 20, 16 << 20}}, "[16MiB parts]"}, // b has them, and a has not
		{Rule{PartSizes: []int64{8 << 20, 5 << 20}, Concurrencies: []int{4, 7}}, "[5MiB parts 7 in flight]"},
	} {
		c.rule.Metric = goodput
		if got := fmt.Sprint(c.rule.strays(changes)); got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
}

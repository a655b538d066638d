package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// changeOf is the change of contestant a in the first cell.
func changeOf(t *testing.T, c *Comparison, metric string) *Change {
	t.Helper()
	i := slices.IndexFunc(c.Changes, func(k Change) bool {
		return k.Contestant == "a" && k.PartSize == 8<<20 && k.Cells == 0 && k.Metric == metric
	})
	if i < 0 {
		t.Fatalf("%s is not compared", metric)
	}
	return &c.Changes[i]
}

func rules(t *testing.T, texts ...string) (o CompareOptions) {
	t.Helper()
	for _, s := range texts {
		r, err := ParseRule(s)
		if err != nil {
			t.Fatal(err)
		}
		o.Rules = append(o.Rules, r)
	}
	return o
}

// A value that some trials have and others should have has no verdict, and no rule about it passes. What the pair lacks on both sides was not there.
func TestCompareLackingValues(t *testing.T) {
	lacks := func(seeds uint64, from int) func(*Run) { // by how much seeds are moved, and from which repeat on values are missing
		return func(r *Run) {
			every(func(x *record.Trial) { x.Seed += seeds })(r)
			first(func(x *record.Trial) {
				if x.Repeat >= from {
					x.P95S, x.RecoveryS = 0, nil
				}
			})(r)
		}
	}
	const all, none, moved = 11, 1, 100
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		why        string // empty: there is a verdict
		outcome    string
	}{
		{"all have it", lacks(0, all), lacks(0, all), "", ComparePassed},
		{"the head has lost six", lacks(0, all), lacks(0, 5), "known of 4 of 10 trials of the head", CompareNoVerdict},
		{"the head has lost one", lacks(0, all), lacks(0, 10), "known of 9 of 10 trials of the head", CompareNoVerdict},
		{"the base lacked six", lacks(0, 5), lacks(0, all), "known of 4 of 10 trials of the base", CompareNoVerdict},
		{"the same two lack it", lacks(0, 9), lacks(0, 9), "", ComparePassed},
		{"the head has lost two more", lacks(0, 7), lacks(0, 5), "known of 4 of 10 trials of the head", CompareNoVerdict},
		{"other seeds, all have it", lacks(0, all), lacks(moved, all), "", ComparePassed},
		{"other seeds", lacks(0, 10), lacks(moved, 5), "known of 9 of 10 trials of the base and of 4 of 10 trials of the head", CompareNoVerdict},
		{"none in the head", lacks(0, all), lacks(0, none), "the head has no value", CompareNoVerdict},
	} {
		for metric, rule := range map[string]string{"recovery_s": "recovery>+0.5", "p95_s": "p95>+20%"} {
			got := compare(t, made(c.name, c.base, c.head, rules(t, rule), ""))
			k := changeOf(t, got, metric)
			if (k.Verdict == VerdictNone) != (c.why != "") || !strings.Contains(k.Why, c.why) || got.Outcome != c.outcome {
				t.Errorf("%s: %s (%s), %s, want %q and %s", c.name, k.Sentence(), k.Why, got.Outcome, c.why, c.outcome)
			}
			if c.why != "" && (k.P != 1 || !strings.Contains(strings.Join(got.Doubts, "\n"), c.why)) {
				t.Errorf("%s: p %v, doubts %q", c.name, k.P, got.Doubts)
			}
		}
	}
	// The mean over all cells has none either.
	got := compare(t, made("over all cells", nil, lacks(0, 5), rules(t, "p95>+10% over all cells"), ""))
	if text := strings.Join(got.Doubts, "\n"); got.Outcome != CompareNoVerdict || !strings.Contains(text, "8MiB parts, 4 in flight: known of 4 of 10 trials of the head") {
		t.Errorf("over all cells: %s, %q", got.Outcome, text)
	}
	// Why a recovery is not known is told.
	got = compare(t, made("why", nil, first(func(x *record.Trial) {
		if x.Repeat > 4 {
			x.RecoveryS, x.RecoveryUnknown = nil, record.NoBaseline
		}
	}), CompareOptions{}, ""))
	if k := changeOf(t, got, "recovery_s"); !strings.Contains(k.Why, "of the head (no goodput before the trouble)") {
		t.Errorf("why: %q", k.Why)
	}
	// Who is never early is not early by anything.
	early := func(from int) func(*Run) {
		return first(func(x *record.Trial) {
			if by := 0.5; x.Repeat >= from {
				x.Early, x.EarlyByS = 3, &by
			}
		})
	}
	got = compare(t, made("early", early(1), early(4), CompareOptions{Metrics: []string{"early_by"}}, ""))
	if k := changeOf(t, got, "early_by_s"); k.Verdict == VerdictNone {
		t.Errorf("early by: %s (%s)", k.Sentence(), k.Why)
	}
	// Who is not refused keeps no hint, and is not late for any; who is refused and has no value lacks it.
	hinted := func(from, throttled int) func(*Run) {
		return first(func(x *record.Trial) {
			if share, late := 0.9, 0.5; x.Repeat >= from {
				x.Throttled, x.HintCompliance, x.LateByS, x.LateByMaxS = 3, &share, &late, &late
			} else {
				x.Throttled = throttled
			}
		})
	}
	for _, metric := range []string{"hint_compliance", "late_by_s", "late_by_max_s"} {
		for throttled, lacks := range map[int]bool{0: false, 3: true} {
			got = compare(t, made("hinted", hinted(1, 0), hinted(4, throttled), CompareOptions{Metrics: []string{metric}}, ""))
			if k := changeOf(t, got, metric); (k.Verdict == VerdictNone) != lacks {
				t.Errorf("%d refused without a value: %s (%s)", throttled, k.Sentence(), k.Why)
			}
		}
	}
}

// Times and attempts are those of what succeeded, so losing makes them less and nothing better. The failed share is in every gate.
func TestCompareFewer(t *testing.T) {
	loses := func(objects, from int) func(*Run) {
		return first(func(x *record.Trial) {
			x.Amplification, x.P95S, x.GoodputMiBs = x.Amplification/2, x.P95S/2, x.GoodputMiBs*1.5
			if x.Repeat >= from {
				x.FailedObjects = objects
			}
		})
	}
	for _, c := range []struct {
		name    string
		head    func(*Run)
		o       CompareOptions
		verdict Verdict // of p95 and amplification
		outcome string
	}{
		{"nothing lost", loses(0, 1), rules(t, "p95>+10%", "amplification>+10%"), VerdictBetter, ComparePassed},
		{"everything lost", loses(10, 1), rules(t, "p95>+10%", "amplification>+10%"), VerdictInconclusive, CompareFailed},
		{"a tenth lost", loses(1, 1), rules(t, "p95>+10%", "amplification>+10%"), VerdictInconclusive, CompareFailed},
		{"a tenth lost, and allowed", loses(1, 1), rules(t, "p95>+10%", "amplification>+10%", "failed>+0.2"), VerdictInconclusive, ComparePassed},
		{"everything lost in three trials", loses(10, 8), rules(t, "p95>+10%", "amplification>+10%"), VerdictInconclusive, CompareNoVerdict},
		{"without rules", loses(10, 1), CompareOptions{}, VerdictInconclusive, CompareFailed},
		{"other metrics", loses(10, 1), CompareOptions{Metrics: []string{"p95", "amplification"}}, VerdictInconclusive, CompareFailed},
	} {
		got := compare(t, made(c.name, nil, c.head, c.o, ""))
		var texts []string
		for _, w := range got.Warnings {
			texts = append(texts, w.Text)
		}
		said := slices.ContainsFunc(texts, func(s string) bool {
			return strings.Contains(s, "fewer uploads of a (8MiB parts, 4 in flight) succeeded in the head") && strings.Contains(s, "p95") && strings.Contains(s, "amplification")
		})
		for _, metric := range []string{"p95_s", "amplification"} {
			if k := changeOf(t, got, metric); k.Verdict != c.verdict || c.verdict == VerdictInconclusive && (!strings.Contains(k.Why, "fewer succeeded") || !said) {
				t.Errorf("%s: %s (%s), warnings %q", c.name, k.Sentence(), k.Why, texts)
			}
		}
		if got.Outcome != c.outcome {
			t.Errorf("%s: %s, want %s; %q", c.name, got.Outcome, c.outcome, got.Doubts)
		}
	}
	// Over all cells too.
	if k := overChange(compare(t, made("over", nil, every(func(x *record.Trial) { x.FailedObjects, x.P95S = 10, x.P95S/2 }), CompareOptions{}, "")), "a", "p95_s"); k.Verdict != VerdictInconclusive {
		t.Errorf("over all cells: %s", k.Sentence())
	}
	// The gate looks after the failures of those that its rules are about, and of nobody else.
	for contestant, want := range map[string]string{"a": CompareFailed, "b": ComparePassed} {
		o := rules(t, "p95>+10%")
		o.Rules[0].Contestants = []string{contestant}
		if got := compare(t, made(contestant, nil, loses(10, 1), o, "")); got.Outcome != want {
			t.Errorf("a rule about %s: %s, want %s", contestant, got.Outcome, want)
		}
	}
	// Who asks for p95 alone has no gate, whatever the failures.
	if got := compare(t, made("no gate", nil, nil, CompareOptions{Metrics: []string{"p95"}}, "")); got.Outcome != CompareNoVerdict {
		t.Errorf("p95 alone: %s", got.Outcome)
	}
}

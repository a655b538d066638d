package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// uneven has numbers that depend on the seed by far more than they change.
func uneven(r *Run) {
	for i := range r.Trials {
		x := &r.Trials[i]
		x.GoodputMiBs = 20 + 10*float64(x.Repeat) + 0.1*float64(x.Trial%3)
		x.P95S = 10 / x.GoodputMiBs
	}
}

// A trial without a partner does not make two heaps of pairs, and what it lost counts.
func TestCompareCommonSeeds(t *testing.T) {
	slower := func(r *Run) {
		uneven(r)
		every(func(x *record.Trial) { x.GoodputMiBs *= 0.9; x.P95S *= 1.1 })(r)
	}
	more := func(change func(x *record.Trial), n int) func(*Run) {
		return func(r *Run) {
			slower(r)
			for i := range n {
				one := r.Trials[0] // of a in the first cell
				one.Repeat, one.Seed, one.GoodputMiBs = 11+i, uint64(11+i), 1000
				change(&one)
				r.Trials = append(r.Trials, one)
			}
		}
	}
	without := func(from func(*Run), n int) func(*Run) {
		return func(r *Run) {
			from(r)
			r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.Repeat > 10-n })
			r.Manifest.Trials = len(r.Trials)
		}
	}
	failed := func(r *Run) {
		slower(r)
		first(func(x *record.Trial) {
			if x.Repeat == 1 {
				x.Status = record.TrialFailed
			}
		})(r)
	}
	as := func(x *record.Trial) {}
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		o          CompareOptions
		pairs      int
		warning    string
	}{
		{"all", uneven, slower, CompareOptions{}, 10, ""},
		{"one more in the head", uneven, more(as, 1), CompareOptions{}, 10, "goodput, p95 are compared in trials of the same seed, which leaves out those without a partner, 1 of the head"},
		{"ten more in the head", uneven, more(as, 10), CompareOptions{}, 10, "10 of the head"},
		{"eleven more in the head are more than half", uneven, more(as, 11), CompareOptions{}, 0, ""},
		{"four less in the base", without(uneven, 4), slower, CompareOptions{}, 6, "4 of the head"},
		{"seven less in the base are too few", without(uneven, 7), slower, CompareOptions{}, 0, ""},
		{"one has failed", uneven, failed, CompareOptions{AllowFailed: true}, 9, "1 of the base"},
		{"what it lost", uneven, more(func(x *record.Trial) { x.FailedObjects = 7 }, 1), CompareOptions{}, 10, "1 of the head; they lost 7 of 10 uploads, which counts in the failed share"},
		{"it was the slowest", uneven, more(func(x *record.Trial) { x.GoodputMiBs = 1 }, 1), CompareOptions{}, 10, "1 of the head; they have the head's worst goodput"},
	} {
		got := compare(t, made(c.name, c.base, c.head, c.o, ""))
		k := changeOf(t, got, goodput)
		if k.Pairs != c.pairs || c.pairs > 0 && (k.Verdict != VerdictWorse || math.Abs(float64(k.Share.Value)+0.1) > 1e-9 || k.Base.N != c.pairs || k.Head.N != c.pairs) {
			t.Errorf("%s: %s, %d pairs", c.name, k.Sentence(), k.Pairs)
		}
		var texts []string
		for _, w := range got.Warnings {
			if strings.HasPrefix(w.Text, "a (8MiB parts, 4 in flight): ") {
				texts = append(texts, w.Text)
			}
		}
		if text := strings.Join(texts, "\n"); (text == "") != (c.warning == "") || !strings.Contains(text, c.warning) {
			t.Errorf("%s: warning %q, want %q", c.name, text, c.warning)
		}
		if c.name == "what it lost" {
			if k := changeOf(t, got, FailedShare); k.Head.N != 11 || k.Means.Head == 0 || k.Verdict != VerdictNone {
				t.Errorf("%s: %s of %d", c.name, k.Sentence(), k.Head.N)
			}
		}
	}
	// The mean over all cells takes the seeds that every cell has on both sides.
	got := compare(t, made("over", uneven, more(as, 1), CompareOptions{}, ""))
	if k := overChange(got, "a", goodput); k.Pairs != 10 || math.Abs(float64(k.Share.Value)+0.1) > 1e-9 || k.Verdict != VerdictWorse {
		t.Errorf("over all cells: %s, %d pairs", k.Sentence(), k.Pairs)
	}
	got = compare(t, made("over", uneven, without(slower, 3), CompareOptions{}, ""))
	if k := overChange(got, "a", goodput); k.Pairs != 7 || math.Abs(float64(k.Share.Value)+0.1) > 1e-9 || k.Verdict != VerdictWorse {
		t.Errorf("over all cells: %s, %d pairs", k.Sentence(), k.Pairs)
	}
}

// Who lacks a value, and not a partner, is told of as such, and not here.
func TestCompareCommonLacking(t *testing.T) {
	third := func(change func(x *record.Trial)) func(*Run) {
		return first(func(x *record.Trial) {
			if x.Repeat == 3 {
				change(x)
			}
		})
	}
	both := func(one, other func(*Run)) func(*Run) { return func(r *Run) { one(r); other(r) } }
	noP95 := both(uneven, third(func(x *record.Trial) { x.P95S = 0 }))
	early := func(r *Run) {
		uneven(r)
		every(func(x *record.Trial) { by := x.P95S; x.Early, x.EarlyByS = 1, &by })(r)
	}
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		metrics    []string
	}{
		{"no p95 in one trial of the head", uneven, noP95, nil},
		{"nobody is early in one trial of the head", early, both(early, third(func(x *record.Trial) { x.Early, x.EarlyByS = 0, nil })), []string{"early_by"}},
	} {
		got := compare(t, made(c.name, c.base, c.head, CompareOptions{Metrics: c.metrics}, ""))
		for _, w := range got.Warnings {
			if strings.Contains(w.Text, "those without a partner") {
				t.Errorf("%s: warning %q", c.name, w.Text)
			}
		}
	}
	// Where there is one without a partner too, only what is compared is named.
	got := compare(t, made("both", uneven, func(r *Run) {
		noP95(r)
		one := r.Trials[0]
		one.Repeat, one.Seed = 11, 11
		r.Trials = append(r.Trials, one)
	}, CompareOptions{}, ""))
	if !slices.ContainsFunc(got.Warnings, func(w Warning) bool {
		return strings.Contains(w.Text, "goodput is compared in trials of the same seed, which leaves out those without a partner, 1 of the head")
	}) {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// What does not hang together by seed is compared with all trials.
func TestCompareCommonNotWorth(t *testing.T) {
	got := compare(t, made("heaps", nil, func(r *Run) {
		r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.Repeat > 8 })
		r.Manifest.Trials = len(r.Trials)
	}, CompareOptions{}, ""))
	if k := changeOf(t, got, goodput); k.Pairs != 0 || k.Base.N != 10 || k.Head.N != 8 {
		t.Errorf("%s, %d pairs of %d and %d", k.Sentence(), k.Pairs, k.Base.N, k.Head.N)
	}
}

// A rule has a limit of its own, so a sentence about it does not end in the verdict's word.
func TestCompareRuleWords(t *testing.T) {
	little := func(r *Run) { uneven(r); every(func(x *record.Trial) { x.GoodputMiBs *= 0.96 })(r) }
	got := compare(t, made("little", uneven, little, rules(t, "goodput<-3%"), ""))
	text := got.Gate[0].Failed[0].Text
	if got.Outcome != CompareFailed || !strings.HasSuffix(text, ": beyond the rule goodput<-3%") || strings.Contains(text, "same") || strings.Contains(text, "inconclusive") {
		t.Errorf("%s: %q", got.Outcome, text)
	}
}

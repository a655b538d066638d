package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// overChange is the change over all cells of a contestant in a metric; nil: there is none.
func overChange(c *Comparison, contestant, metric string) *Change {
	for i := range c.Changes {
		if k := &c.Changes[i]; k.Cells > 0 && k.Contestant == contestant && k.Metric == metric {
			return k
		}
	}
	return nil
}

// rescaled has the goodput of contestant a's cells changed by a factor for each.
func rescaled(small, large float64) func(*Run) {
	return every(func(t *record.Trial) {
		switch {
		case t.Contestant != "a":
		case t.PartSize == 8<<20:
			t.GoodputMiBs *= small
		default:
			t.GoodputMiBs *= large
		}
	})
}

// clearly makes up numbers that hang together by seed, so that the ratios are those that the head is made with.
func clearly(r *Run) {
	for i := range r.Trials {
		t := &r.Trials[i]
		t.GoodputMiBs = float64(10*t.Repeat) + float64(t.PartSize>>20)
	}
}

// The mean over all cells is the geometric one of their ratios: by hand, √(0.8 × 1.25) = 1 and √(0.81 × 0.64) = 0.72.
func TestCompareOverCells(t *testing.T) {
	for _, c := range []struct {
		name         string
		small, large float64
		share        float64
		verdict      Verdict
	}{
		{"twice, and half", 0.5, 2, 0, VerdictSame},
		{"less, and as much more", 0.8, 1.25, 0, VerdictSame},
		{"less in both", 0.81, 0.64, -0.28, VerdictWorse},
		{"more in both", 1.1, 1.1, 0.1, VerdictBetter},
		{"nothing", 1, 1, 0, VerdictSame},
	} {
		got := compare(t, made(c.name, clearly, func(r *Run) { clearly(r); rescaled(c.small, c.large)(r) }, CompareOptions{}, ""))
		k := overChange(got, "a", goodput)
		if k == nil || k.Share == nil {
			t.Fatalf("%s: no change over all cells", c.name)
		}
		if math.Abs(float64(k.Share.Value)-c.share) > 1e-9 || k.Verdict != c.verdict || k.Cells != 2 || k.Pairs != 10 || k.Cell != "all cells" {
			t.Errorf("%s: %s, %d cells, %d pairs, want %v %s", c.name, k.Sentence(), k.Cells, k.Pairs, c.share, c.verdict)
		}
		// Medians by hand: of 18 to 108 and 26 to 116, by tens.
		if want := math.Sqrt(63 * 71); math.Abs(k.Base.Median-want) > 1e-9 || k.Base.Low > want || k.Base.High < want {
			t.Errorf("%s: the base is %+v, want %v", c.name, k.Base, want)
		}
		if b := overChange(got, "b", goodput); b == nil || b.Verdict != VerdictSame || b.Share.Value != 0 {
			t.Errorf("%s: b, of which nothing has changed: %+v", c.name, b)
		}
	}
}

// Counts, shares and recoveries may be zero, and have no such mean. Neither has a contestant with one cell.
func TestCompareOverWhich(t *testing.T) {
	c := compare(t, made("which", nil, nil, CompareOptions{}, ""))
	var metrics []string
	for _, k := range c.Changes {
		if k.Cells > 0 && k.Contestant == "a" {
			metrics = append(metrics, k.Metric)
		}
	}
	if want := []string{goodput, "amplification", "p95_s"}; !slices.Equal(metrics, want) {
		t.Errorf("over all cells: %v, want %v", metrics, want)
	}
	for i, k := range c.Changes { // they come last
		if k.Cells == 0 && i > 0 && c.Changes[i-1].Cells > 0 {
			t.Errorf("%s comes after a mean", k.Subject())
		}
	}
	one := func(r *Run) {
		r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.PartSize != 8<<20 })
		r.Manifest.Trials = len(r.Trials)
	}
	if c := compare(t, made("one cell", one, one, CompareOptions{}, "")); overChange(c, "a", goodput) != nil {
		t.Error("one cell has a mean over all cells")
	}
	for _, name := range ratios {
		if _, ok := comparedColumn(name); !ok {
			t.Errorf("there is no metric %s", name)
		}
	}
}

// A cell that has nothing to go into the mean takes its verdict away, says which it is, and is no pass.
func TestCompareOverLacking(t *testing.T) {
	large := func(change func(*record.Trial)) func(*Run) {
		return every(func(x *record.Trial) {
			if x.Contestant == "a" && x.PartSize == 16<<20 {
				change(x)
			}
		})
	}
	gone := func(r *Run) {
		r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.Contestant == "a" && x.PartSize == 16<<20 })
		r.Manifest.Trials = len(r.Trials)
	}
	broken := large(func(x *record.Trial) { x.Status = record.TrialFailed })
	zero := large(func(x *record.Trial) { x.GoodputMiBs = 0 })
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		why        string
	}{
		{"no trials in the head", nil, gone, "the head has no value of 16MiB parts, 4 in flight"},
		{"no trials in the base", gone, nil, "the base has no value of 16MiB parts, 4 in flight"},
		{"all failed", nil, broken, "the head has no value of 16MiB parts, 4 in flight"},
		{"all failed on both sides", broken, broken, "neither side has a value of 16MiB parts, 4 in flight"},
		{"nothing got through", nil, zero, "a trial of 16MiB parts, 4 in flight has a value that is zero"},
		{"no number", nil, large(func(x *record.Trial) { x.GoodputMiBs = math.NaN() }), "a trial of 16MiB parts, 4 in flight has a value that is no number"},
		{"three trials", nil, func(r *Run) {
			r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.PartSize == 16<<20 && x.Repeat > 3 })
			r.Manifest.Trials = len(r.Trials)
		}, "10 and 3 seeds of which every cell has a trial: a side needs 4 at least"},
	} {
		rule, err := ParseRule("goodput<-5% over all cells")
		if err != nil {
			t.Fatal(err)
		}
		rule.Contestants = []string{"a"}
		got := compare(t, made(c.name, c.base, c.head, CompareOptions{AllowFailed: true, Rules: []Rule{rule}}, ""))
		k := overChange(got, "a", goodput)
		if k == nil || k.Verdict != VerdictNone || !strings.Contains(k.Why, c.why) {
			t.Errorf("%s: %+v, want %q", c.name, k, c.why)
		}
		if text := strings.Join(got.Doubts, "\n"); got.Outcome != CompareNoVerdict || !strings.Contains(text, "goodput of a (all cells): "+c.why) {
			t.Errorf("%s: %s, %q", c.name, got.Outcome, text)
		}
	}
}

// Values of seeds that a cell lacks are left out of the mean, with a warning.
func TestCompareOverLeft(t *testing.T) {
	less := func(r *Run) {
		clearly(r)
		r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.Contestant == "a" && x.PartSize == 16<<20 && x.Repeat > 6 })
	}
	got := compare(t, made("left", clearly, less, CompareOptions{AllowFailed: true}, ""))
	k := overChange(got, "a", goodput)
	if k.Base.N != 6 || k.Head.N != 6 || k.Pairs != 6 || k.Share.Value != 0 {
		t.Errorf("seeds: %d and %d, %d pairs, %s", k.Base.N, k.Head.N, k.Pairs, k.Sentence())
	}
	if want := math.Sqrt(43 * 51); math.Abs(k.Head.Median-want) > 1e-9 {
		t.Errorf("head %v, want %v", k.Head.Median, want)
	}
	var texts []string
	for _, w := range got.Warnings {
		texts = append(texts, w.Text)
	}
	text := strings.Join(texts, "\n")
	for _, want := range []string{
		"the mean over all cells of a leaves 8 trials of the base out", "the mean over all cells of a leaves 4 trials of the head out",
		"a (16MiB parts, 4 in flight): goodput is compared in trials of the same seed, which leaves out those without a partner, 4 of the base",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("warnings %q, want %q", text, want)
		}
	}
}

// A loss that no cell shows by itself is found in the mean, and fails: with a rule, and without.
func TestCompareOverGate(t *testing.T) {
	rule := func(s string) CompareOptions {
		r, err := ParseRule(s)
		if err != nil {
			t.Fatal(err)
		}
		return CompareOptions{Rules: []Rule{r}}
	}
	for _, c := range []struct {
		name         string
		small, large float64
		o            CompareOptions
		want         string
	}{
		{"more here, less there", 1.25, 0.8, rule("goodput<-5% over all cells"), ComparePassed},
		{"more here, less there, by cell", 1.25, 0.8, rule("goodput<-5%"), CompareFailed},
		{"less in both", 0.88, 0.88, rule("goodput<-5% over all cells"), CompareFailed},
		{"less in both, and allowed", 0.88, 0.88, rule("goodput<-20% over all cells"), ComparePassed},
		{"less in both, without rules", 0.88, 0.88, CompareOptions{}, CompareFailed},
		{"more in both", 1.2, 1.2, CompareOptions{}, ComparePassed},
	} {
		got := compare(t, made(c.name, clearly, func(r *Run) { clearly(r); rescaled(c.small, c.large)(r) }, c.o, ""))
		if got.Outcome != c.want {
			t.Errorf("%s: %s, want %s; %q", c.name, got.Outcome, c.want, got.Doubts)
		}
	}
	if r, _ := ParseRule("goodput<-5% over all cells"); r.String() != "goodput<-5% over all cells" {
		t.Errorf("prints as %q", r)
	}
	// The only cell of a contestant is all its cells.
	one := func(factor float64) func(*Run) {
		return func(r *Run) {
			rescaled(factor, 1)(r)
			r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.PartSize != 8<<20 })
			r.Manifest.Trials = len(r.Trials)
		}
	}
	for factor, want := range map[float64]string{1: ComparePassed, 0.7: CompareFailed} {
		if got := compare(t, made("one", one(1), one(factor), rule("goodput<-5% over all cells"), "")); got.Outcome != want {
			t.Errorf("%v of the goodput in the only cell: %s, want %s; %q", factor, got.Outcome, want, got.Doubts)
		}
	}
}

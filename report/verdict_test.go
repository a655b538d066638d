package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// lossy makes trials of a contestant, each with its goodput in MiB/s and what it lost of 100.
func lossy(name string, concurrency int, lost int, goodput ...float64) (trials []record.Trial) {
	for i, g := range goodput {
		trials = append(trials, trialOf(0, name, i+1, g, func(t *record.Trial) {
			t.Concurrency, t.Objects, t.FailedObjects, t.Amplification = concurrency, 100, lost, 1.5+float64(i)/10
		}))
	}
	return trials
}

func TestVerdictWhereNothingGotThroughSomewhere(t *testing.T) {
	five := []float64{50, 50, 50, 50, 50, 50}
	none := []float64{0, 0, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		trials     []record.Trial
		want, but  string
		best, nope string
	}{
		"in one cell of two": {slices.Concat(lossy("a", 4, 0, five...), lossy("a", 8, 60, none...), lossy("b", 4, 70, 5, 5, 5, 5, 5, 5), lossy("b", 8, 70, 5, 5, 5, 5, 5, 5)),
			"a lost the smallest share of its uploads (360 of 1200, 30%) and moved 0 MiB/s", "In 1 of 2 cells (8MiB parts, 8 in flight) its median is 0 MiB/s", "a", "No contestant"},
		"in most trials": {slices.Concat(lossy("a", 4, 60, 0, 0, 0, 50, 50), lossy("b", 4, 70, 5, 5, 5, 5, 5)),
			"a lost the smallest share of its uploads (300 of 500, 60%) and moved 0 MiB/s (0–50, 93%)", "It got nothing through in 3 of 5 trials.", "a", "No contestant"},
		"anywhere": {slices.Concat(lossy("a", 4, 100, none...), lossy("b", 4, 100, none...)), "No contestant got a verified upload through.", "", "", "overlap"},
	} {
		v := Analyse(run(c.trials...)).Verdict
		all := v.Text + " " + strings.Join(v.But, " ")
		if !strings.Contains(v.Text, c.want) || !strings.Contains(all, c.but) || strings.Contains(all, c.nope) || v.Best != c.best {
			t.Errorf("%s: %q: %s", name, v.Best, all)
		}
	}
}

// Calls that carry no bytes have no goodput, and may have got through all the same.
func TestVerdictOfCallsWithoutBytes(t *testing.T) {
	trials := slices.Concat(lossy("a", 4, 0, 0, 0, 0, 0, 0, 0), lossy("b", 4, 10, 0, 0, 0, 0, 0, 0))
	for i := range trials {
		trials[i].Calls1 = 90
	}
	r := run(trials...)
	r.Manifest.Resolved = "workload: {kind: calls}"
	v := Analyse(r).Verdict
	if want := "Of 2 contestants, a lost none of its calls, at "; !strings.HasPrefix(v.Text, want) || v.Best != "a" {
		t.Errorf("%+v", v)
	}
}

// One upload of 600 decides the rank, and may be chance; six of sixty in every trial are none.
func TestVerdictSaysWhatMayBeChance(t *testing.T) {
	slow, fast := []float64{40, 41, 40, 41, 40, 41}, []float64{90, 91, 90, 91, 90, 91}
	a, b := lossy("a", 4, 0, slow...), lossy("b", 4, 0, fast...)
	b[2].FailedObjects = 1
	for name, c := range map[string]struct {
		b         []record.Trial
		want, not string
	}{
		"one":         {b, "by chance alone: b (90.5±1% MiB/s, lost 1 of 600)", "at a price"},
		"many":        {lossy("b", 4, 10, fast...), "at a price: b (90.5±1% MiB/s, but lost 60 of 600)", "chance"},
		"behind both": {lossy("b", 4, 1, 10, 10, 10, 10, 10, 10), "", "chance"},
	} {
		but := strings.Join(Analyse(run(slices.Concat(a, c.b)...)).Verdict.But, " ")
		if !strings.Contains(but, c.want) || strings.Contains(but, c.not) {
			t.Errorf("%s: %s", name, but)
		}
	}
}

func TestVerdictCountsWhatRan(t *testing.T) {
	// Six repeats of b, and two of a count in one of its cells.
	trials := slices.Concat(lossy("a", 4, 0, 50, 51, 52, 53, 54, 55), lossy("a", 8, 0, 60, 61), lossy("b", 4, 0, 10, 10, 10, 10, 10, 10), lossy("b", 8, 0, 10, 10, 10, 10, 10, 10))
	a := Analyse(run(trials...))
	if o := a.Overall[0]; o.Contestant != "a" || o.Repeats != 2 {
		t.Errorf("%+v", o)
	}
	if but := strings.Join(a.Verdict.But, " "); !strings.Contains(but, "Of a only 2 trials count somewhere") {
		t.Error(but)
	}
}

func TestVerdictHasIntervals(t *testing.T) {
	trials := slices.Concat(lossy("oracle", 4, 0, 100, 100, 100, 100, 100, 100), lossy("a", 4, 0, 50, 51, 52, 53, 54, 55))
	v := Analyse(run(trials...)).Verdict
	if want := "52.5 MiB/s (50–55, 96%), 52% (50–55%) of what the oracle reached, at 1.75 (1.50–2) attempts per call."; !strings.Contains(v.Text, want) {
		t.Errorf("%s, want %s", v.Text, want)
	}
}

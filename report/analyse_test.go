package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func fl(f float64) *float64 { return &f }

// trialOf is a trial that counts, of 8 MiB parts and 4 in flight.
func trialOf(n int, name string, repeat int, goodput float64, change ...func(*record.Trial)) record.Trial {
	t := record.Trial{Trial: n, Contestant: name, PartSize: 8 << 20, Concurrency: 4, Repeat: repeat, GoodputMiBs: goodput, Status: record.TrialOK, Objects: 1}
	for _, c := range change {
		c(&t)
	}
	return t
}

func status(s string) func(*record.Trial) {
	return func(t *record.Trial) { t.Status, t.Problem = s, "why" }
}

func run(trials ...record.Trial) *Run {
	return &Run{Trials: trials, Manifest: record.Manifest{Contestants: []string{"a", "b"}, Oracle: true}}
}

func kinds(a *Analysis) (k []string) {
	for _, w := range a.Warnings {
		k = append(k, w.Kind)
	}
	return k
}

func TestAnalyse(t *testing.T) {
	other := func(t *record.Trial) { t.Concurrency = 8 }
	a := Analyse(run(
		trialOf(1, "oracle", 1, 100), trialOf(2, "a", 1, 40), trialOf(3, "b", 1, 80),
		trialOf(4, "a", 2, 60), trialOf(5, "b", 2, 90), trialOf(6, "a", 3, 900, status(record.TrialInvalid)), trialOf(7, "b", 3, 0, status(record.TrialFailed)),
		trialOf(8, "oracle", 1, 200, other), trialOf(9, "a", 1, 200, other), trialOf(10, "b", 1, 20, other),
	))
	if len(a.Cells) != 2 || a.Cells[0].Concurrency != 4 || a.Cells[1].Concurrency != 8 {
		t.Fatalf("cells = %+v", a.Cells)
	}
	var order []string
	for _, r := range a.Cells[0].Rows {
		order = append(order, r.Contestant)
	}
	if want := []string{"b", "a", "oracle"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v: by goodput, the oracle last", order, want)
	}
	row := a.Cells[0].Rows[1]
	if s := row.Stat("goodput_mib_s"); s != (Stat{Median: 50, Low: 40, High: 60, Confidence: 0.5, Min: 40, Max: 60, N: 2}) || row.Invalid != 1 || row.Trials != 2 {
		t.Errorf("a: %+v, %d count, %d invalid", s, row.Trials, row.Invalid)
	}
	// The second repeat has no oracle of its own and takes the cell's.
	if s := row.Stat("efficiency"); s.N != 2 || s.Median != 0.5 {
		t.Errorf("efficiency of a = %+v", s)
	}
	if s := a.Cells[0].Rows[2].Stat("efficiency"); s.N != 0 {
		t.Errorf("the oracle was held against itself: %+v", s)
	}
	if o := a.Overall[0]; o.Contestant != "a" || math.Abs(*o.Goodput-100) > 1e-9 || math.Abs(*o.Efficiency-math.Sqrt(0.5)) > 1e-9 {
		t.Errorf("best over all cells = %+v", o)
	}
	if last := a.Overall[2]; !last.Oracle || last.Efficiency != nil {
		t.Errorf("last over all cells = %+v", last)
	}
	if want := []string{WarnInvalidTrial, WarnFailedTrial, WarnFewRepeats}; !slices.Equal(kinds(a), want) {
		t.Errorf("warnings = %v, want %v", kinds(a), want)
	}
	if a.Repeats != 3 {
		t.Errorf("repeats = %d", a.Repeats)
	}
}

func TestWarnings(t *testing.T) {
	bound := func(b float64) func(*record.Trial) { return func(t *record.Trial) { t.BoundMiBs = fl(b) } }
	var many []record.Trial
	for i := 1; i <= 6; i++ {
		many = append(many, trialOf(2*i, "oracle", i, 98, bound(100)), trialOf(2*i+1, "a", i, 50, bound(100)))
	}
	for _, c := range []struct {
		name string
		run  *Run
		want []string
	}{
		{"all is well", run(many...), nil},
		{"no trials", run(), []string{WarnNoData}},
		{"all failed", run(trialOf(1, "a", 1, 5, status(record.TrialFailed))), []string{WarnNoData, WarnFailedTrial, WarnNoOracle}},
		{"weak oracle", run(trialOf(1, "oracle", 1, 97.9, bound(100))), []string{WarnWeakOracle, WarnFewRepeats}},
		{"oracle lost", run(trialOf(1, "a", 1, 1), trialOf(2, "oracle", 1, 1, status(record.TrialFailed))), []string{WarnFailedTrial, WarnNoOracle, WarnFewRepeats}},
		{"interrupted", &Run{Manifest: record.Manifest{Trials: 8}, Trials: many[:1]}, []string{WarnIncomplete, WarnFewRepeats}},
	} {
		if got := kinds(Analyse(c.run)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	w := Warning{Cell: "8MiB parts", Contestant: "a\x1b[2J", Text: "x"}
	if got := w.String(); got != "8MiB parts: a?[2J: x" {
		t.Errorf("String() = %q", got)
	}
}

// Whoever the timeout of a trial has stopped is named, with what it was still doing.
func TestTimeoutWarnings(t *testing.T) {
	late := func(n int) func(*record.Trial) {
		return func(t *record.Trial) { t.Objects, t.FailedObjects, t.TimedOut = 4, n, n }
	}
	r := run(trialOf(1, "a", 1, 5, late(3)), trialOf(2, "a", 2, 5, late(1)), trialOf(3, "b", 1, 5, late(0)), trialOf(4, "mine", 1, 5, late(2)))
	r.Manifest.Oracle, r.Manifest.TimeoutS, r.Manifest.Commands = false, 120, map[string]string{"mine": "x"}
	var texts []string
	for _, w := range Analyse(r).Warnings {
		if w.Kind == WarnTimeout {
			texts = append(texts, w.Contestant+" "+w.Text)
		}
	}
	want := []string{
		"a 2 trials ran into the timeout of 2m: the contestant was still waiting with 4 objects",
		"mine 2 of 4 runs of the command were killed after 2m",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("%q, want %q", texts, want)
	}
}

func TestAnalyseWithoutOracle(t *testing.T) {
	r := run(trialOf(1, "a", 1, 1))
	r.Manifest.Oracle = false
	a := Analyse(r)
	if slices.Contains(kinds(a), WarnNoOracle) || slices.Contains(a.Contestants, OracleName) {
		t.Errorf("a run without an oracle misses it: %v, %v", kinds(a), a.Contestants)
	}
}

func TestCheckThresholds(t *testing.T) {
	recovery := func(s float64, censored bool) func(*record.Trial) {
		return func(t *record.Trial) { t.RecoveryS, t.RecoveryCensored = &s, censored }
	}
	r := run(trialOf(1, "oracle", 1, 100), trialOf(2, "a", 1, 50, recovery(2, false)), trialOf(3, "b", 1, 90, recovery(2, true)))
	r.Phases = map[int][]record.PhaseRow{2: {{Trial: 2, Phase: "storm", GoodputMiBs: 7}}}
	a := Analyse(r)
	for _, c := range []struct {
		th   Threshold
		want []string // contestant, result; in the order of the rows
	}{
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Min: fl(50)}, []string{"a", Passed}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Min: fl(51)}, []string{"a", Broken}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Max: fl(49)}, []string{"a", Broken}},
		{Threshold{Metric: "efficiency", Min: fl(0.8)}, []string{"b", Passed, "a", Broken}},
		{Threshold{Metric: "recovery_s", Max: fl(3)}, []string{"b", Broken, "a", Passed}},
		{Threshold{Metric: "recovery_s", Min: fl(1)}, []string{"b", Passed, "a", Passed}},
		{Threshold{Contestant: "oracle", Metric: "goodput_mib_s", Min: fl(99)}, []string{"oracle", Passed}},
		{Threshold{Contestant: "a", Metric: "p95_s", Max: fl(9)}, []string{"a", NoData}},
		{Threshold{Contestant: "nobody", Metric: "p95_s", Max: fl(9)}, []string{"nobody", NoData}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Above: fl(49.9)}, []string{"a", Passed}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Above: fl(50)}, []string{"a", Broken}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Below: fl(50)}, []string{"a", Broken}},
		{Threshold{Contestant: "a", Metric: "goodput_mib_s", Below: fl(50.1)}, []string{"a", Passed}},
		{Threshold{Metric: "recovery_s", Below: fl(3)}, []string{"b", Broken, "a", Passed}},
		{Threshold{Contestant: "a", Phase: "storm", Metric: "goodput_mib_s", Max: fl(7)}, []string{"a", Passed}},
		{Threshold{Contestant: "a", Phase: "storm", Metric: "goodput_mib_s", Min: fl(8)}, []string{"a", Broken}},
		{Threshold{Contestant: "a", Phase: "storm", Metric: "p95_s", Max: fl(8)}, []string{"a", NoData}},
		{Threshold{Contestant: "a", Phase: "calm", Metric: "goodput_mib_s", Min: fl(8)}, []string{"a", NoData}},
	} {
		checks, err := CheckThresholds(a, []Threshold{c.th})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range checks {
			got = append(got, k.Contestant, k.Result)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.th, got, c.want)
		}
	}
	if _, err := CheckThresholds(a, []Threshold{{Metric: "speed"}}); err == nil || !strings.Contains(err.Error(), "use one of wall_s") {
		t.Errorf("a metric that does not exist: %v", err)
	}
	if _, err := CheckThresholds(a, []Threshold{{Metric: "recovery_s", Phase: "storm"}}); err == nil || !strings.Contains(err.Error(), "no such metric of a phase; use one of goodput") {
		t.Errorf("a metric that no phase has: %v", err)
	}
	checks, _ := CheckThresholds(&Analysis{}, []Threshold{{Metric: "p95_s", Max: fl(1)}})
	if len(checks) != 1 || checks[0].Result != NoData {
		t.Errorf("a threshold on no data: %+v", checks)
	}
	checks, _ = CheckThresholds(a, []Threshold{{Contestant: "b", Metric: "recovery_s", Min: fl(1), Max: fl(3)}})
	if got, want := checks[0].String(), "broken: recovery_s of b (8MiB parts, 4 in flight) is >2, wanted at least 1 and at most 3"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	checks, _ = CheckThresholds(a, []Threshold{{Contestant: "a", Phase: "storm", Metric: "goodput_mib_s", Above: fl(8), Below: fl(9)}})
	if got, want := checks[0].String(), "broken: goodput_mib_s in storm of a (8MiB parts, 4 in flight) is 7, wanted more than 8 and less than 9"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// A number that one repeat of three has says nothing about the other two.
func TestThresholdOfSomeRepeats(t *testing.T) {
	short := 2.0
	recovers := func(t *record.Trial) { t.RecoveryS = &short }
	failed := status(record.TrialFailed)
	for _, c := range []struct {
		name   string
		trials []record.Trial
		want   string
	}{
		{"one of three", []record.Trial{trialOf(1, "a", 1, 50, recovers), trialOf(2, "a", 2, 50), trialOf(3, "a", 3, 50)},
			"no data: recovery_s of a (8MiB parts, 4 in flight) is known of 1 of 3 trials, wanted at most 3"},
		{"all", []record.Trial{trialOf(1, "a", 1, 50, recovers), trialOf(2, "a", 2, 50, recovers)}, ""},
		{"all that count", []record.Trial{trialOf(1, "a", 1, 50, recovers), trialOf(2, "a", 2, 50, failed)}, ""},
		{"one was done too soon", []record.Trial{trialOf(1, "a", 1, 50, recovers), trialOf(2, "a", 2, 50, func(t *record.Trial) { t.RecoveryUnknown = record.DoneTooSoon })},
			"no data: recovery_s of a (8MiB parts, 4 in flight) is known of 1 of 2 trials (all work was done within half a second of the trouble, and behind until then: give it more), wanted at most 3"},
	} {
		checks, err := CheckThresholds(Analyse(run(c.trials...)), []Threshold{{Contestant: "a", Metric: "recovery_s", Max: fl(3)}})
		if err != nil || len(checks) != 1 {
			t.Fatalf("%s: %+v, %v", c.name, checks, err)
		}
		if k := checks[0]; (k.Result == Passed) != (c.want == "") || c.want != "" && k.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, k.String(), c.want)
		}
	}
	// Reading refuses such numbers; a limit is not kept by them all the same.
	for _, th := range []Threshold{{Max: fl(1)}, {Min: fl(1)}, {Above: fl(1)}, {Below: fl(1)}} {
		th.Metric = "goodput_mib_s"
		row := Row{Contestant: "a", Trials: 1, Values: map[string]Stat{th.Metric: {Median: math.NaN(), N: 1}}}
		if k := th.check(new(Cell), &row); k.Result != Broken {
			t.Errorf("NaN: %s", k)
		}
	}
}

func TestSaturated(t *testing.T) {
	short := func(t *record.Trial) { t.Saturated = "cpu" }
	a := Analyse(run(trialOf(1, "oracle", 1, 100), trialOf(2, "a", 1, 40, short), trialOf(3, "a", 2, 41), trialOf(4, "b", 1, 80)))
	n := 0
	for _, w := range a.Warnings {
		if w.Kind == WarnSaturated {
			n++
			if w.Contestant != "a" || !strings.Contains(w.Text, "1 of 2 trials (processors") {
				t.Errorf("warning = %+v", w)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d warnings, want one", n)
	}
}

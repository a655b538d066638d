package report

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func compare(t *testing.T, k CompareCase) *Comparison {
	t.Helper()
	c, err := Compare(k.Base, k.Head, k.Options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompareCases(t *testing.T) {
	outcomes := map[string]int{}
	for _, k := range CompareCases() {
		got, right := k.Check()
		outcomes[k.Want]++
		if !right {
			c := compare(t, k)
			t.Errorf("%s: %s, want %s\n%v\n%+v", k.Name, got, k.Want, c.Doubts, c.Gate)
		}
	}
	for _, o := range []string{ComparePassed, CompareFailed, CompareNoVerdict} {
		if outcomes[o] < 4 {
			t.Errorf("%d cases of %s", outcomes[o], o)
		}
	}
}

// The order of rows and which side is called the base do not matter to what is found.
func TestCompareTurned(t *testing.T) {
	k := made("turned", nil, first(func(x *record.Trial) { x.GoodputMiBs *= 0.7 }), CompareOptions{}, "")
	one := compare(t, k)
	slices.Reverse(k.Base.Runs[0].Trials)
	again := compare(t, k)
	for i := range one.Changes {
		if a, b := one.Changes[i], again.Changes[i]; a.Verdict != b.Verdict || a.P != b.P || *a.Amount != *b.Amount {
			t.Errorf("%s: %s, and %s in another order", a.Subject(), a.Verdict, b.Verdict)
		}
	}
	k.Base, k.Head = k.Head, k.Base
	turned := compare(t, k)
	opposite := map[Verdict]Verdict{VerdictWorse: VerdictBetter, VerdictSame: VerdictSame, VerdictInconclusive: VerdictInconclusive}
	for i, a := range one.Changes {
		if b := turned.Changes[i]; b.Verdict != opposite[a.Verdict] && a.Verdict == VerdictWorse {
			t.Errorf("%s: %s, and turned around %s", a.Subject(), a.Verdict, b.Verdict)
		}
	}
}

// A change that every pair shows is found under a spread that two heaps hide it in.
func TestComparePairs(t *testing.T) {
	wide := func(r *Run) {
		for i := range r.Trials {
			x := &r.Trials[i]
			x.GoodputMiBs = 50 + 10*float64(x.Repeat) + 0.1*float64(x.Trial%3)
		}
	}
	k := made("pairs", wide, func(r *Run) {
		wide(r)
		first(func(x *record.Trial) { x.GoodputMiBs *= 0.9 })(r)
	}, CompareOptions{}, "")
	c := compare(t, k)
	if got := c.Changes[0]; got.Verdict != VerdictWorse || got.Pairs != 10 {
		t.Errorf("%s (%d pairs)", got.Sentence(), got.Pairs)
	}
	for i := range k.Head.Runs[0].Trials {
		k.Head.Runs[0].Trials[i].Seed += 1000
	}
	c = compare(t, k)
	if got := c.Changes[0]; got.Verdict == VerdictWorse || got.Pairs != 0 {
		t.Errorf("with other seeds: %s (%d pairs)", got.Sentence(), got.Pairs)
	}
}

// Where one side's manifest or rows do not fit, the reason names what differs.
func TestCompareDoubts(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(r *Run)
		o      CompareOptions
		want   string // empty: none
	}{
		{"other seeds and repeats", func(r *Run) { r.Manifest.Resolved = "seed: 9\nrepeats: 3\n" + r.Manifest.Resolved }, CompareOptions{}, ""},
		{"other size", func(r *Run) { r.Manifest.Resolved = "workload: {objects: 7}\n" }, CompareOptions{}, "different scenarios: workload.objects of base and head are not the same"},
		{"other size, one job", func(r *Run) { r.Manifest.Resolved = "workload: {objects: 1, new: 1}\n" }, CompareOptions{OneJob: true}, ""},
		{"unreadable", func(r *Run) { r.Manifest.Resolved = "[[" }, CompareOptions{}, "different scenarios"},
		{"other name", func(r *Run) { r.Manifest.Scenario = "x" }, CompareOptions{}, "different scenarios"},
		{"other backend", func(r *Run) { r.Manifest.Backend = "minio" }, CompareOptions{}, "different backends"},
		{"other endpoint", func(r *Run) { r.Manifest.Endpoint = "http://x" }, CompareOptions{}, "different backends"},
		{"other machine", func(r *Run) { r.Manifest.Host.CPU = "x" }, CompareOptions{}, "different machines"},
		{"other machine of that make", func(r *Run) { r.Manifest.Host.Machine = "b" }, CompareOptions{}, "with 2 CPUs, machine a, head on linux/amd64 with 2 CPUs, machine b"},
		{"the same machine", func(r *Run) { r.Manifest.Host.Machine = "a" }, CompareOptions{}, ""},
		{"a machine that is not known", func(r *Run) {}, CompareOptions{}, ""},
		{"other machine, one job", func(r *Run) { r.Manifest.Host.CPU = "x" }, CompareOptions{OneJob: true}, ""},
		{"other parameters", func(r *Run) { r.Manifest.Resolved += "contestants: [{name: a, with: {attempts: 3}}, {name: b}]\n" }, CompareOptions{}, "a has other parameters"},
		{"other parameters, allowed", func(r *Run) { r.Manifest.Resolved += "contestants: [{name: a, with: {attempts: 3}}, {name: b}]\n" }, CompareOptions{AllowChanged: true}, ""},
		{"one more", func(r *Run) { r.Manifest.Contestants = append(r.Manifest.Contestants, "c") }, CompareOptions{}, "only the head has the contestant c"},
		{"one more, allowed", func(r *Run) { r.Manifest.Contestants = append(r.Manifest.Contestants, "c") }, CompareOptions{AllowMissing: true}, ""},
		{"a cell is missing", func(r *Run) {
			r.Trials = slices.DeleteFunc(r.Trials, func(x record.Trial) bool { return x.Contestant == "a" && x.PartSize == 8<<20 })
		}, CompareOptions{}, "the head has no trial that counts of a with 8MiB parts"},
	} {
		k := made(c.name, func(r *Run) {
			r.Manifest.Host.Machine = "a"
			r.Manifest.Resolved += "contestants: [{name: a}, {name: b}]\n"
		}, func(r *Run) {
			r.Manifest.Resolved += "contestants: [{name: a}, {name: b}]\n"
			if strings.Contains(c.name, "parameters") {
				r.Manifest.Resolved = "workload: {objects: 1}\n"
			}
			c.change(r)
		}, c.o, "")
		if !strings.Contains(k.Head.Runs[0].Manifest.Resolved, "contestants") {
			k.Head.Runs[0].Manifest.Resolved += "contestants: [{name: a}, {name: b}]\n"
		}
		got := compare(t, k)
		text := strings.Join(got.Doubts, "\n")
		if c.want == "" && (text != "" || got.Outcome != ComparePassed) || c.want != "" && (!strings.Contains(text, c.want) || got.Outcome != CompareNoVerdict) {
			t.Errorf("%s: %s with doubts %q, want %q", c.name, got.Outcome, text, c.want)
		}
	}
}

// Times that were not reached are longer than any that were.
func TestCompareCensored(t *testing.T) {
	censor := func(r *Run) { first(func(x *record.Trial) { x.RecoveryCensored = true })(r) }
	for _, c := range []struct {
		name       string
		base, head func(*Run)
		want       Verdict
	}{
		{"reached before", nil, censor, VerdictWorse},
		{"reached now", censor, nil, VerdictBetter},
		{"never", censor, censor, VerdictInconclusive},
	} {
		got := compare(t, made(c.name, c.base, c.head, CompareOptions{Metrics: []string{"recovery"}}, ""))
		if k := got.Changes[0]; k.Verdict != c.want {
			t.Errorf("%s: %s", c.name, k.Sentence())
		}
	}
}

func TestReadSide(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"one/run-1", "one/run-2", "two"} {
		fake{names: []string{"exponential"}, partSizes: []int64{8}, concurrency: []int{4}, repeats: 1}.write(t, filepath.Join(dir, sub))
	}
	if err := os.WriteFile(filepath.Join(dir, "one", "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "empty", "also"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"one": 2, "two": 1, "empty": 0} {
		s, err := ReadSide(filepath.Join(dir, name))
		if err != nil || len(s.Runs) != want {
			t.Errorf("%s: %d runs, %v, want %d", name, len(s.Runs), err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "one", "run-2", "manifest.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"one": "cannot be read", "none": "read the results", "two/trials.csv": "read the results"} {
		if _, err := ReadSide(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// A run that has lost a file is not left out without a word.
func TestReadSideDamaged(t *testing.T) {
	for _, gone := range []string{record.ManifestFile, record.TrialsFile} {
		dir := t.TempDir()
		for _, sub := range []string{"run-1", "run-2"} {
			fake{names: []string{"exponential"}, partSizes: []int64{8}, concurrency: []int{4}, repeats: 1}.write(t, filepath.Join(dir, sub))
		}
		if err := os.Remove(filepath.Join(dir, "run-2", gone)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"", "run-2"} {
			if s, err := ReadSide(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), "no "+gone) || !strings.Contains(err.Error(), "run-2") {
				t.Errorf("%q without %s: %d runs, %v", name, gone, len(s.Runs), err)
			}
		}
	}
}

// What goes wrong in some trials only is not the same as what never does, although the median is.
func TestCompareRare(t *testing.T) {
	for n, want := range map[int]Verdict{0: VerdictSame, 3: VerdictNone, 9: VerdictWorse} {
		k := made("rare", nil, first(func(x *record.Trial) {
			if x.Repeat <= n {
				x.FailedObjects = 1
			}
		}), CompareOptions{Metrics: []string{"failed"}}, "")
		if got := compare(t, k).Changes[0]; got.Verdict != want {
			t.Errorf("an object lost in %d trials of ten: %s, want %s", n, got.Sentence(), want)
		}
	}
}

// However often everything is lost where nothing was, it does not pass; turned around, it does.
func TestCompareUnseen(t *testing.T) {
	for n := 1; n <= 10; n++ {
		lost := first(func(x *record.Trial) {
			if x.Repeat <= n {
				x.FailedObjects, x.Early = x.Objects, 30
			}
		})
		if c := compare(t, made("lost", nil, lost, CompareOptions{}, "")); c.Outcome == ComparePassed {
			t.Errorf("everything lost in %d trials of ten: passed", n)
		}
		if c := compare(t, made("won", lost, nil, CompareOptions{}, "")); c.Outcome != ComparePassed {
			t.Errorf("nothing lost any more, after %d trials of ten: %s, %q", n, c.Outcome, c.Doubts)
		}
		two := func(r *Run) {
			for i := range r.Trials {
				if x := &r.Trials[i]; x.Repeat <= 2 {
					x.FailedObjects = 1
				}
			}
		}
		if c := compare(t, made("some on both sides", two, two, CompareOptions{}, "")); c.Outcome != ComparePassed {
			t.Errorf("as rare on both sides: %s, %q", c.Outcome, c.Doubts)
		}
	}
}

// A value that is no number is none to go by, and neither hangs nor passes.
func TestCompareNaN(t *testing.T) {
	for name, change := range map[string]func(*Run){
		"one": first(func(x *record.Trial) {
			if x.Repeat == 1 {
				x.GoodputMiBs = math.NaN()
			}
		}),
		"all": every(func(x *record.Trial) { x.GoodputMiBs = math.NaN() }),
	} {
		c := compare(t, made(name, nil, change, CompareOptions{}, ""))
		if c.Outcome != CompareNoVerdict || !strings.Contains(strings.Join(c.Doubts, "\n"), "no number") {
			t.Errorf("%s: %s, %q", name, c.Outcome, c.Doubts)
		}
	}
}

package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Rows are alike if they look the same to the reader, and the oracle is like nobody.
func TestAlike(t *testing.T) {
	with := func(early int) func(*record.Trial) { return func(t *record.Trial) { t.Early = early } }
	trials := func(change func(*record.Trial)) []record.Trial {
		return []record.Trial{
			trialOf(1, "oracle", 1, 50, change), trialOf(2, "a", 1, 50.0001, change), trialOf(3, "b", 1, 50.0002, change), trialOf(4, "c", 1, 50, with(1), change),
			trialOf(5, "d", 1, 20, change), trialOf(6, "e", 1, 20, change), trialOf(7, "f", 1, 20, change), trialOf(8, "g", 1, 7, change),
			trialOf(9, "h", 1, 9, status(record.TrialFailed), change), trialOf(10, "i", 1, 9, status(record.TrialFailed), change),
		}
	}
	a := Analyse(run(trials(func(*record.Trial) {})...))
	if got := a.Cells[0].Alike; len(got) != 2 || !slices.Equal(got[0], []string{"d", "e", "f"}) || !slices.Equal(got[1], []string{"b", "a"}) {
		t.Errorf("alike: %q", got)
	}
	text := func(a *Analysis) (all []string) {
		for _, w := range a.Warnings {
			if w.Kind == WarnAlike {
				all = append(all, w.String())
			}
		}
		return all
	}
	const want = "3 contestants cannot be told apart here: d, e, f; nor can 2: b, a"
	if got := text(a); !slices.Equal(got, []string{"8MiB parts, 4 in flight: " + want}) {
		t.Errorf("warnings %q", got)
	}
	// The same in every cell is said once.
	both := append(trials(func(*record.Trial) {}), trials(func(t *record.Trial) { t.Concurrency = 8 })...)
	if got := text(Analyse(run(both...))); !slices.Equal(got, []string{"in every cell: " + want}) {
		t.Errorf("warnings %q", got)
	}
}

func TestAlikeTextIsShort(t *testing.T) {
	var groups [][]string
	for n := range 6 {
		groups = append(groups, strings.Split(strings.Repeat("exponential,", 40-6*n)+"last", ","))
	}
	got := alikeText(groups)
	want := "41 contestants cannot be told apart here: exponential, exponential, exponential and 38 more; " +
		"nor can 35: exponential, exponential, exponential and 32 more; nor can 29: exponential, exponential, exponential and 26 more; and in 3 smaller groups"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Sentences about one repeat, one attempt and several cells read as such.
func TestWordingOfOnes(t *testing.T) {
	one := func(t *record.Trial) { t.Amplification = 1 }
	other := func(t *record.Trial) { t.Amplification, t.Concurrency = 1, 8 }
	a := Analyse(run(trialOf(1, "a", 1, 100, one), trialOf(2, "b", 1, 50, one), trialOf(3, "a", 1, 100, other), trialOf(4, "b", 1, 50, other)))
	if want := "100 MiB/s in the geometric mean of 2 cells with a single trial each, which proves nothing, at 1 attempt per call."; !strings.HasSuffix(a.Verdict.Text, want) {
		t.Errorf("%q, want it to end in %q", a.Verdict.Text, want)
	}
	if s := about(a); !strings.Contains(s, ", 1 repeat each") || strings.Contains(s, "up to 1 ") {
		t.Errorf("%q", s)
	}
	a = Analyse(run(trialOf(1, "a", 1, 100, one), trialOf(2, "b", 1, 50, one)))
	if want := "100 MiB/s in a single trial, which proves nothing, at 1 attempt per call."; !strings.HasSuffix(a.Verdict.Text, want) {
		t.Errorf("%q, want it to end in %q", a.Verdict.Text, want)
	}
	if html := pageOf(t, a, HTMLOptions{}); !strings.Contains(html, "100 MiB/s at 1 attempt per call;") {
		t.Error("the page has another number of attempts than one")
	}
}

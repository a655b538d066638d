package report

import (
	"strings"
	"testing"
)

// Copies of a run are no evidence: they change no p-value, and on the real clock there is no verdict about them.
func TestCompareCopies(t *testing.T) {
	k := made("copies", virtual(10), virtual(10), CompareOptions{}, "")
	one, three := compare(t, k), compare(t, copied(k))
	if len(three.Warnings) != 2 || !strings.Contains(three.Warnings[1].Text, "80 trials of the head were left out") {
		t.Errorf("warnings: %v", three.Warnings)
	}
	for i := range one.Changes {
		if a, b := one.Changes[i], three.Changes[i]; a.Adjusted != b.Adjusted || b.Base.N != 10 {
			t.Errorf("%s: p %v of %d, and %v of %d with copies", a.Subject(), a.Adjusted, a.Base.N, b.Adjusted, b.Base.N)
		}
	}
	for name, change := range map[string]func(r *Run){
		"began at the same time":     func(r *Run) { r.Manifest.Started = "2026-11-21T00:00:00Z" },
		"the same to the last digit": func(r *Run) {},
	} {
		k := copied(made(name, change, nil, CompareOptions{}, ""))
		if c := compare(t, k); c.Outcome != CompareNoVerdict || !strings.Contains(strings.Join(c.Doubts, "\n"), name) {
			t.Errorf("%s: %s, %v", name, c.Outcome, c.Doubts)
		}
	}
}

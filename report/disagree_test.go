package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// The report of a run and a comparison with it say the same about its files.
func TestDisagreements(t *testing.T) {
	whole := record.Counts{Attempts: 5, Counted: 4, Seen: 4, Ledger: 5} // one before the warm-up, one that net/http repeated
	for _, c := range []struct {
		name           string
		counts         []*record.Counts // of the trials
		status         string           // of the first
		client, server int              // trials
	}{
		{"whole", []*record.Counts{&whole, &whole}, record.TrialOK, 0, 0},
		{"an attempt less", []*record.Counts{{Attempts: 4, Counted: 3, Seen: 3, Ledger: 5}, &whole}, record.TrialOK, 1, 1},
		{"of a trial that failed", []*record.Counts{{Attempts: 4, Counted: 3, Seen: 3, Ledger: 5}, &whole}, record.TrialFailed, 0, 0},
		{"a line less in the ledger", []*record.Counts{{Attempts: 5, Counted: 4, Seen: 4, Ledger: 4}, &whole}, record.TrialOK, 0, 1},
		{"all attempts of a trial are gone", []*record.Counts{{Ledger: 5}, &whole}, record.TrialOK, 0, 1},
		{"kept without the ledger", []*record.Counts{{Attempts: 5, Counted: 4, Seen: 4}, {Attempts: 5, Counted: 4, Seen: 4}}, record.TrialOK, 0, 0},
		{"kept without attempts", []*record.Counts{{Ledger: 5}, {Ledger: 5}}, record.TrialOK, 0, 0},
		{"kept without both, or added up", []*record.Counts{nil, nil}, record.TrialOK, 0, 0},
	} {
		one := trialOf(1, "a", 1, 50, func(t *record.Trial) { t.Attempts, t.TransportReplays, t.Status = 4, 1, c.status })
		other := trialOf(2, "a", 2, 50, func(t *record.Trial) { t.Attempts, t.TransportReplays = 4, 1 })
		r := run(one, other)
		r.Counts = map[int]*record.Counts{}
		for i, n := range c.counts {
			if n != nil {
				r.Counts[i+1] = n
			}
		}
		client, server := 0, 0
		for _, d := range r.disagreements() {
			if d.client {
				client++
			}
			if d.server {
				server++
			}
		}
		if client != c.client || server != c.server {
			t.Errorf("%s: %d and %d, want %d and %d", c.name, client, server, c.client, c.server)
		}
		said := slices.ContainsFunc(mismatchWarnings(r), func(w Warning) bool { return strings.Contains(w.Text, " attempts ") })
		var cmp Comparison
		cmp.changed(Side{Runs: []*Run{r}}, Side{})
		if want := client+server > 0; said != want || (len(cmp.Warnings) > 0) != want {
			t.Errorf("%s: the report warns %v, the comparison %v, want %v", c.name, said, len(cmp.Warnings) > 0, want)
		}
	}
}

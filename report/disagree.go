package report

import "github.com/ratebench/ratebench/internal/record"

// disagreement is a trial of which the files do not have the same number of attempts.
type disagreement struct {
	trial  *record.Trial
	counts *record.Counts
	seen   int  // attempts that the server saw, by attempts.csv, with those that net/http repeated
	client bool // attempts.csv has not what trials.csv says
	server bool // ledger.jsonl has not what attempts.csv says
}

// disagreements are the trials of which attempts.csv or ledger.jsonl has more or fewer rows than it should have: a file was changed after the run. One line less
// is what a torn last line leaves. A run that was kept without these files, or without one of them, has no such rows, and nor has one whose records were added
// up.
func (r *Run) disagreements() (all []disagreement) {
	attempts, ledger := false, false
	for _, n := range r.Counts {
		attempts, ledger = attempts || n.Attempts > 0, ledger || n.Ledger > 0
	}
	for i := range r.Trials {
		t := &r.Trials[i]
		n := r.Counts[t.Trial]
		if n == nil || t.Status == record.TrialFailed {
			continue
		}
		d := disagreement{trial: t, counts: n, seen: n.Seen + t.TransportReplays}
		d.client = n.Attempts > 0 && n.Counted != t.Attempts
		d.server = attempts && ledger && d.seen != n.Ledger
		if d.client || d.server {
			all = append(all, d)
		}
	}
	return all
}

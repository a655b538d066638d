package report

import (
	"fmt"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// trialsOf are the trials of a cell, whatever came of them.
func (r *Run) trialsOf(c *Cell) (trials []*record.Trial) {
	for i := range r.Trials {
		if t := &r.Trials[i]; t.PartSize == c.PartSize && t.Concurrency == c.Concurrency {
			trials = append(trials, t)
		}
	}
	return trials
}

// endOf is when a trial ended, in seconds since it began.
func (r *Run) endOf(t *record.Trial) float64 { return r.Manifest.WarmUpS + t.WallS }

// unreachedWarnings say what was to begin when the last trial of a cell that counts had ended: a phase, other than the last, or a fault's window. Nobody has met that.
// The windows of a phase that is named are not named again.
func unreachedWarnings(a *Analysis, r *Run) (ws []Warning) {
	for i := range a.Cells {
		c := &a.Cells[i]
		end := 0.0
		for _, t := range good(r.trialsOf(c)) {
			end = max(end, r.endOf(t))
		}
		if end == 0 {
			continue
		}
		var from []float64
		tell := func(what, name string, at float64) {
			from = append(from, at)
			ws = append(ws, Warning{Kind: WarnUnreached, Cell: c.Name(), Text: fmt.Sprintf("%s %s begins at %s s, but no trial here took longer than %s s: set workload.duration, or a longer one", what, name, num(at), num(end))})
		}
		for j, p := range r.Manifest.Phases {
			if p.FromS >= end && j < len(r.Manifest.Phases)-1 {
				tell("phase", p.Name, p.FromS)
			}
		}
		for _, w := range c.Windows {
			if w.FromS >= end && !slices.Contains(from, w.FromS) {
				tell("the window of", w.Name, w.FromS)
			}
		}
	}
	return ws
}

package report

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/record"
)

// Run is what a run's folder holds, as far as the views need it: attempts are summed up in the trials.
type Run struct {
	Dir      string
	Manifest record.Manifest
	Trials   []record.Trial        // in the order they ended
	Timeline map[int][]record.Tick // by trial, in order
	Windows  map[int][]Window      // by trial
	// HintsEnd is when the last hint ran out that was given in a trial's trouble, in seconds since the trial began; none: 0.
	HintsEnd map[int]float64
	// Phases and Details are by trial; runs that were made before there were any have none.
	Phases  map[int][]record.PhaseRow
	Details map[int]*record.Detail
}

// Window is a stretch of a trial in which a named rule or phase made trouble.
type Window struct {
	Name  string  `json:"name"`
	FromS float64 `json:"from_s"`
	ToS   float64 `json:"to_s"` // not above FromS: to the end
}

// Read reads the folder of a run, of one that is under way or was interrupted too.
func Read(dir string) (*Run, error) {
	f, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, Timeline: map[int][]record.Tick{}, Windows: map[int][]Window{}, HintsEnd: map[int]float64{},
		Phases: map[int][]record.PhaseRow{}, Details: map[int]*record.Detail{}}
	if r.Manifest, err = f.Manifest(); err != nil {
		return nil, err
	}
	if err := f.Trials(func(t *record.Trial) error { r.Trials = append(r.Trials, *t); return nil }); err != nil {
		return nil, fmt.Errorf("read the trials: %w", err)
	}
	err = f.Timeline(func(t *record.Tick) error { r.Timeline[t.Trial] = append(r.Timeline[t.Trial], *t); return nil })
	if err != nil {
		return nil, fmt.Errorf("read the timeline: %w", err)
	}
	err = f.Phases(func(p *record.PhaseRow) error { r.Phases[p.Trial] = append(r.Phases[p.Trial], *p); return nil })
	if err != nil {
		return nil, fmt.Errorf("read the phases: %w", err)
	}
	err = f.Details(func(d *record.Detail) error { r.Details[d.Trial] = d; return nil })
	if err != nil {
		return nil, fmt.Errorf("read the details: %w", err)
	}
	troubleEnd := map[int]float64{} // windows come first in a ledger: they are known when a trial starts
	err = f.Ledger(func(l *record.LedgerRow) error {
		switch {
		case l.Kind == record.LedgerWindow:
			r.Windows[l.Trial] = append(r.Windows[l.Trial], Window{Name: l.Name, FromS: l.TS, ToS: l.EndS})
			troubleEnd[l.Trial] = max(troubleEnd[l.Trial], l.EndS)
		case l.RetryAfterS != nil && l.TS <= troubleEnd[l.Trial]: // as metrics.Recovery counts
			r.HintsEnd[l.Trial] = max(r.HintsEnd[l.Trial], l.TS+l.TookS+*l.RetryAfterS)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return r, nil
}

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
	// Phases and Details are by trial; runs that were made before there were any have none.
	Phases  map[int][]record.PhaseRow
	Details map[int]*record.Detail
	// Counts is what the files hold of single attempts, by trial; nil: nobody has looked.
	Counts map[int]*record.Counts
}

// Window is a stretch of a trial in which a named rule or phase made trouble.
type Window struct {
	Name  string  `json:"name"`
	FromS float64 `json:"from_s"`
	ToS   float64 `json:"to_s"` // not above FromS: to the end
}

// Read reads the folder of a run, of one that is under way or was interrupted too. It does not look at single attempts: Check
// does.
func Read(dir string) (*Run, error) {
	f, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, Timeline: map[int][]record.Tick{}, Windows: map[int][]Window{},
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
	err = f.Details(func(d *record.Detail) error {
		r.Details[d.Trial] = d
		return checkHistograms(d)
	})
	if err != nil {
		return nil, fmt.Errorf("read the details: %w", err)
	}
	err = f.Windows(func(l *record.LedgerRow) error {
		r.Windows[l.Trial] = append(r.Windows[l.Trial], Window{Name: l.Name, FromS: l.TS, ToS: l.EndS})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return r, nil
}

// Check reads what Read leaves out: every row of attempts.csv and every line of ledger.jsonl. Damage is an error that names file and
// line; what the files say differently than trials.csv becomes a warning of the analysis.
func (r *Run) Check() error {
	f, err := record.Open(r.Dir)
	if err != nil {
		return err
	}
	if r.Counts, err = f.Counts(r.Manifest.WarmUpS); err != nil {
		return fmt.Errorf("check the attempts: %w", err)
	}
	return nil
}

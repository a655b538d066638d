package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Resume opens the folder for writing where an interrupted run left it. It drops the rows of every trial that has no
// row in trials.csv or that failed (a server was away, say, which may be back), and torn last lines, and returns the trials that are finished by their ordinal; the caller runs the
// others. Each file is replaced as a whole, so that being killed in Resume does no harm. Another one writes to the folder: ErrBusy.
func (f *Folder) Resume() (finished map[int]Trial, err error) {
	if f.writers != nil {
		return nil, fmt.Errorf("resume %s: the folder is open for writing already", f.dir)
	}
	if err := f.lock(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	finished = map[int]Trial{}
	if err := f.Trials(func(t *Trial) error {
		if t.Status != TrialFailed {
			finished[t.Trial] = *t
		}
		return nil
	}); err != nil {
		return nil, err
	}
	done := func(trial int) bool { _, ok := finished[trial]; return ok }
	for _, rewrite := range []func() error{
		func() error { return rewriteCSV(f, TrialsFile, f.Trials, func(t *Trial) bool { return done(t.Trial) }) },
		func() error {
			return rewriteCSV(f, AttemptsFile, f.Attempts, func(a *Attempt) bool { return done(a.Trial) })
		},
		func() error {
			return rewriteCSV(f, TimelineFile, f.Timeline, func(t *Tick) bool { return done(t.Trial) })
		},
		func() error {
			return rewriteCSV(f, PhasesFile, f.Phases, func(p *PhaseRow) bool { return done(p.Trial) })
		},
		func() error {
			return rewriteJSONL(f, DetailsFile, f.Details, func(d *Detail) bool { return done(d.Trial) })
		},
		func() error {
			return rewriteJSONL(f, LedgerFile, f.Ledger, func(r *LedgerRow) bool { return done(r.Trial) })
		},
	} {
		if err := rewrite(); err != nil { // the others would say the same
			return nil, err
		}
	}
	return finished, f.openWriters()
}

// rewriteCSV keeps the rows that keep names.
func rewriteCSV[T any](f *Folder, name string, read func(func(*T) error) error, keep func(*T) bool) error {
	return rewrite(f, name, func(w io.Writer) error {
		if err := writeCSV[T](w, nil, true); err != nil {
			return err
		}
		const batch = 1000 // rows; a writer per row would be slow
		rows := make([]T, 0, batch)
		err := read(func(row *T) error {
			if !keep(row) {
				return nil
			}
			if rows = append(rows, *row); len(rows) < batch {
				return nil
			}
			defer func() { rows = rows[:0] }()
			return writeCSV(w, rows, false)
		})
		if err != nil {
			return err
		}
		return writeCSV(w, rows, false)
	})
}

// rewriteJSONL keeps the lines that keep names.
func rewriteJSONL[T any](f *Folder, name string, read func(func(*T) error) error, keep func(*T) bool) error {
	return rewrite(f, name, func(w io.Writer) error {
		return read(func(row *T) error {
			if !keep(row) {
				return nil
			}
			return writeJSONL(w, []T{*row})
		})
	})
}

// rewrite replaces a file by what write writes.
func rewrite(f *Folder, name string, write func(io.Writer) error) error {
	tmp, err := createTemp(f.path(name))
	if err != nil {
		return writeError(f.path(name), err)
	}
	w := bufio.NewWriterSize(tmp, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	return finishReplace(tmp, f.path(name), err)
}

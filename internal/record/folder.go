package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a run's folder.
const (
	ManifestFile = "manifest.json"
	AttemptsFile = "attempts.csv"
	TrialsFile   = "trials.csv"
	TimelineFile = "timeline.csv"
	PhasesFile   = "phases.csv"
	DetailsFile  = "details.jsonl"
	LedgerFile   = "ledger.jsonl"
)

// rowFiles lists the files that grow. trials.csv comes last: its row says that everything else of a trial is there.
var rowFiles = []string{AttemptsFile, TimelineFile, PhasesFile, DetailsFile, LedgerFile, TrialsFile}

// Folder is the folder of one run. Its methods are safe for concurrent use, except Resume and Close. One Folder at a
// time may write to a folder: from Create or Resume until Close it is locked for others, who may read it. The lock ends
// with the process.
type Folder struct {
	dir     string
	writers map[string]*appender // nil: opened for reading
	release func()               // of the lock; nil: it is not held
}

// Create makes the folder of a new run, and its parents. A folder that is there already may hold other files but no
// run. Another one writes to it: ErrBusy.
func Create(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the results folder: %w; choose another with --out", err)
	}
	f := &Folder{dir: dir}
	if err := f.lock(); err != nil {
		return nil, err
	}
	if err := f.holdsNone(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.openWriters(); err != nil {
		return nil, err
	}
	return f, nil
}

// holdsNone fails if there is a file of a run.
func (f *Folder) holdsNone() error {
	for _, name := range append([]string{ManifestFile}, rowFiles...) {
		_, err := os.Lstat(f.path(name))
		if err == nil {
			return fmt.Errorf("%s already holds a run (%s is there); continue it with --resume or choose another folder with --out: %w",
				f.dir, name, fs.ErrExist)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("create the results folder: %w; choose another with --out", err)
		}
	}
	return nil
}

// Open opens the folder of a run for reading. Resume then opens it for writing too.
func Open(dir string) (*Folder, error) {
	f := &Folder{dir: dir}
	if _, err := f.Manifest(); err != nil {
		return nil, err
	}
	return f, nil
}

// Dir returns the folder's path as it was given.
func (f *Folder) Dir() string { return f.dir }

func (f *Folder) path(name string) string { return filepath.Join(f.dir, name) }

// openWriters opens the files that grow, and writes the headers of those that are empty: a run that is killed early
// leaves files that any tool can open.
func (f *Folder) openWriters() error {
	f.writers = map[string]*appender{}
	for _, name := range rowFiles {
		a, err := openAppender(f.path(name))
		if err != nil {
			return errors.Join(err, f.Close())
		}
		f.writers[name] = a
	}
	err := errors.Join(f.AddAttempts(nil), f.AddTimeline(nil), f.AddPhases(nil), addCSV[Trial](f, TrialsFile, nil))
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// Close closes the files and lets others write. Writing after it is an error; reading is not.
func (f *Folder) Close() error {
	var errs []error
	for _, a := range f.writers {
		errs = append(errs, a.close())
	}
	f.writers = nil
	if f.release != nil {
		f.release()
		f.release = nil
	}
	return errors.Join(errs...)
}

// AddAttempts appends to attempts.csv.
func (f *Folder) AddAttempts(rows []Attempt) error { return addCSV(f, AttemptsFile, rows) }

// AddTimeline appends to timeline.csv.
func (f *Folder) AddTimeline(rows []Tick) error { return addCSV(f, TimelineFile, rows) }

// AddPhases appends to phases.csv.
func (f *Folder) AddPhases(rows []PhaseRow) error { return addCSV(f, PhasesFile, rows) }

// AddDetail appends to details.jsonl.
func (f *Folder) AddDetail(row Detail) error {
	return f.add(DetailsFile, func(w io.Writer, _ bool) error { return writeJSONL(w, []Detail{row}) })
}

// AddLedger appends to ledger.jsonl.
func (f *Folder) AddLedger(rows []LedgerRow) error {
	return f.add(LedgerFile, func(w io.Writer, _ bool) error { return writeJSONL(w, rows) })
}

// AddTrial appends to trials.csv. Write it after the other rows of the trial: on Resume, a trial that is not in trials.csv
// was not finished and is run again.
func (f *Folder) AddTrial(row Trial) error { return addCSV(f, TrialsFile, []Trial{row}) }

func addCSV[T any](f *Folder, name string, rows []T) error {
	return f.add(name, func(w io.Writer, first bool) error { return writeCSV(w, rows, first) })
}

func (f *Folder) add(name string, encode func(io.Writer, bool) error) error {
	a := f.writers[name]
	if a == nil {
		return fmt.Errorf("write %s: the folder is not open for writing: %w", f.path(name), os.ErrClosed)
	}
	return a.add(encode)
}

// Attempts calls do for every row of attempts.csv, in order, until do returns an error. A file that is missing has no
// rows. The row may be kept.
func (f *Folder) Attempts(do func(*Attempt) error) error { return f.read(AttemptsFile, csvOf(do)) }

// Timeline calls do for every row of timeline.csv, as Attempts does. The bins of a trial have to come in order.
func (f *Folder) Timeline(do func(*Tick) error) error {
	return f.read(TimelineFile, func(r io.Reader, name string) error {
		type bin struct {
			at   float64
			line int
		}
		last := map[int]bin{}
		return readQuantities(r, name, func(line int, t *Tick) error {
			if before, ok := last[t.Trial]; ok && t.TS <= before.at {
				return fmt.Errorf("%s:%d: the bin at %v s of trial %d comes after the one at %v s on line %d; %s", name, line, t.TS, t.Trial, before.at, before.line, damaged)
			}
			last[t.Trial] = bin{t.TS, line}
			return do(t)
		})
	})
}

// Phases calls do for every row of phases.csv, as Attempts does. A phase of a trial that comes twice is damage.
func (f *Folder) Phases(do func(*PhaseRow) error) error {
	return f.read(PhasesFile, func(r io.Reader, name string) error {
		type phase struct {
			trial int
			name  string
			from  float64
		}
		seen := seenBefore[phase]{}
		return readQuantities(r, name, func(line int, p *PhaseRow) error {
			if before := seen.at(phase{p.Trial, p.Phase, p.FromS}, line); before > 0 {
				return fmt.Errorf("%s:%d: phase %q of trial %d stands on line %d already; %s", name, line, p.Phase, p.Trial, before, damaged)
			}
			return do(p)
		})
	})
}

// Details calls do for every line of details.jsonl, as Attempts does. A trial that comes twice is damage. An error of do gets file and line in front.
func (f *Folder) Details(do func(*Detail) error) error {
	return f.read(DetailsFile, func(r io.Reader, name string) error {
		seen := seenBefore[int]{}
		return readJSONLines(r, name, nil, func(line int, d *Detail) error {
			if before := seen.at(d.Trial, line); before > 0 {
				return fmt.Errorf("%s:%d: trial %d stands on line %d already; %s", name, line, d.Trial, before, damaged)
			}
			if err := do(d); err != nil {
				return fmt.Errorf("%s:%d: %w", name, line, err)
			}
			return nil
		})
	})
}

// seenBefore remembers on which line what stood.
type seenBefore[K comparable] map[K]int

// at returns the line on which something has stood before; zero: it has not, and stands on this one.
func (s seenBefore[K]) at(what K, line int) (before int) {
	if before = s[what]; before == 0 {
		s[what] = line
	}
	return before
}

// Trials calls do for every row of trials.csv, as Attempts does. A trial that comes twice is damage: it would count twice. So are numbers that
// cannot be.
func (f *Folder) Trials(do func(*Trial) error) error {
	return f.read(TrialsFile, func(r io.Reader, name string) error {
		seen := seenBefore[int]{}
		return readQuantities(r, name, func(line int, t *Trial) error {
			if before := seen.at(t.Trial, line); before > 0 {
				return fmt.Errorf("%s:%d: trial %d stands on line %d already; %s", name, line, t.Trial, before, damaged)
			}
			if column, value := impossible(t); column != "" {
				return fmt.Errorf("%s:%d: column %s holds %v, which cannot be in trial %d; %s", name, line, column, value, t.Trial, damaged)
			}
			return do(t)
		})
	})
}

// Ledger calls do for every line of ledger.jsonl, as Attempts does.
func (f *Folder) Ledger(do func(*LedgerRow) error) error {
	return f.read(LedgerFile, func(r io.Reader, name string) error { return readJSONL(r, name, nil, do) })
}

// Windows calls do for every window of ledger.jsonl, as Attempts does. It does not look into the lines of attempts, of which there may be
// millions.
func (f *Folder) Windows(do func(*LedgerRow) error) error {
	skip := func(line []byte) bool { return bytes.HasPrefix(line, attemptPrefix) }
	return f.read(LedgerFile, func(r io.Reader, name string) error {
		return readJSONL(r, name, skip, func(row *LedgerRow) error {
			if row.Kind != LedgerWindow {
				return nil
			}
			return do(row)
		})
	})
}

func csvOf[T any](do func(*T) error) func(io.Reader, string) error {
	return func(r io.Reader, name string) error { return readCSV(r, name, do) }
}

func (f *Folder) read(name string, rows func(io.Reader, string) error) error {
	file, err := os.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read results: %w", err)
	}
	defer file.Close() // nothing was written
	return rows(file, f.path(name))
}

package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ratebench/ratebench/internal/record"
)

// DamageError says that a run's files are not as they were written: a row that cannot be read, a file that is gone, a layout that this
// version does not know. Its text names the file, and the line if there is one.
type DamageError struct{ err error }

func (e *DamageError) Error() string { return e.err.Error() }
func (e *DamageError) Unwrap() error { return e.err }

func damagef(format string, args ...any) error { return &DamageError{fmt.Errorf(format, args...)} }

// ReadSide reads what is compared: the folder of a run, or a folder in which such folders are. Manifests and trials are kept; attempts and ledgers
// are counted, if they are there. A folder without runs is a side without runs; one that is not there is an error. So is a *DamageError: a run that
// cannot be read, or of which the manifest or the trials are gone, would be missing without a word.
func ReadSide(path string) (Side, error) {
	s := Side{Name: path}
	entries, err := os.ReadDir(path)
	if err != nil {
		return s, fmt.Errorf("read the results: %w", err)
	}
	dirs := []string{path}
	for _, e := range entries { // in the order of their names, which is that of their times
		dirs = append(dirs, filepath.Join(path, e.Name()))
	}
	for i, dir := range dirs {
		r, err := readTrials(dir)
		switch {
		case err == nil && i == 0:
			s.Runs = append(s.Runs, r)
			return s, nil // what is in a run's folder is the run's
		case err == nil:
			s.Runs = append(s.Runs, r)
		case isFile(dir):
		case !errors.Is(err, fs.ErrNotExist):
			return s, err
		default:
			if name := leftover(dir); name != "" {
				return s, damagef("%s has a %s and no %s, so it is a run that was damaged: take the folder away, or run it again", dir, name, record.ManifestFile)
			}
		}
	}
	return s, nil
}

// leftover names a file of a run that stands in a folder; empty: there is none.
func leftover(dir string) string {
	for _, name := range []string{
		record.TrialsFile, record.AttemptsFile, record.TimelineFile, record.PhasesFile, record.DetailsFile, record.LedgerFile,
	} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// readTrials reads the manifest and the trials of a run, and counts its attempts. An error is a *DamageError, or one of the system.
func readTrials(dir string) (*Run, error) {
	r, err := readRows(dir)
	if _, system := errors.AsType[*fs.PathError](err); err != nil && !system {
		if _, known := errors.AsType[*DamageError](err); !known {
			err = &DamageError{err}
		}
	}
	return r, err
}

func readRows(dir string) (*Run, error) {
	f, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir}
	if r.Manifest, err = f.Manifest(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, record.TrialsFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, damagef("%s has a %s and no %s, so it is a run that was damaged: take the folder away, or run it again", dir, record.ManifestFile, record.TrialsFile)
	}
	if err := f.Trials(func(t *record.Trial) error { r.Trials = append(r.Trials, *t); return nil }); err != nil {
		return nil, fmt.Errorf("read the trials: %w", err)
	}
	return r, r.Check()
}

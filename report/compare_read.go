package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ratebench/ratebench/internal/record"
)

// ReadSide reads what is compared: the folder of a run, or a folder in which such folders are. Only manifests and trials are read. A
// folder without runs is a side without runs; one that is not there is an error, as is a run that cannot be read.
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
		case !errors.Is(err, fs.ErrNotExist) && !isFile(dir):
			return s, err
		}
	}
	return s, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// readTrials reads the manifest and the trials of a run.
func readTrials(dir string) (*Run, error) {
	f, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir}
	if r.Manifest, err = f.Manifest(); err != nil {
		return nil, err
	}
	if err := f.Trials(func(t *record.Trial) error { r.Trials = append(r.Trials, *t); return nil }); err != nil {
		return nil, fmt.Errorf("read the trials: %w", err)
	}
	return r, nil
}

package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// ours are the names that plots have or once had, of a whole run and of a cell. Files of other names are somebody else's.
var ours = regexp.MustCompile(`^(goodput-over-time|goodput-amplification|goodput-grid|retries)(-[0-9.]+[A-Za-z]+-c[0-9]+)?\.(svg|png)$`)

// removeOld removes the plots of earlier views of the run that were not drawn this time: of a grid that was a single cell before there were
// more trials, say. Nobody should take them for the run's.
func removeOld(folder string, drawn []Picture) error {
	keep := map[string]bool{}
	for _, p := range drawn {
		keep[p.Name+".svg"], keep[p.Name+".png"] = true, true
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("look for old plots: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && ours.MatchString(e.Name()) && !keep[e.Name()] {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("remove an old plot: %w", err))
			}
		}
	}
	return errors.Join(errs...)
}

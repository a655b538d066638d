package report

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Plots of an earlier view go, and what somebody else put there stays.
func TestOldPlotsAreRemoved(t *testing.T) {
	if raceEnabled {
		t.Skip("draws everything")
	}
	dir := t.TempDir()
	storm.write(t, dir)
	plots := filepath.Join(dir, PlotsDir)
	err := os.MkdirAll(filepath.Join(plots, "retries-8MiB-c4.svg"), 0o755) // a folder is not ours
	old := []string{"goodput-over-time-8MiB-c4.svg", "goodput-over-time-512B-c16.png", "goodput-amplification-1.5KiB-c4.png", "goodput-grid.svg"}
	others := []string{"mine.svg", "retries.pdf", "goodput-over-time-mine.svg", "goodput-grid.svg.bak", "retries-8MiB-c4.svg"}
	for _, name := range append(old, others[:4]...) {
		err = errors.Join(err, os.WriteFile(filepath.Join(plots, name), nil, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if _, err := os.Lstat(filepath.Join(plots, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range append(others, "goodput-over-time.svg", "retries.png") {
		if _, err := os.Lstat(filepath.Join(plots, name)); err != nil {
			t.Error(err)
		}
	}
	// Whatever is drawn has a name that is known.
	for _, a := range []*Analysis{a, Analyse(&Run{})} {
		ps, _ := pictures(a)
		for _, p := range ps {
			if !ours.MatchString(p.Name + ".svg") {
				t.Errorf("%s would never be removed", p.Name)
			}
		}
	}
	grid := t.TempDir()
	gridRun.write(t, grid)
	r, err := Read(grid)
	if err != nil {
		t.Fatal(err)
	}
	ps, _ := pictures(Analyse(r))
	for _, p := range ps {
		if !ours.MatchString(p.Name + ".svg") {
			t.Errorf("%s would never be removed", p.Name)
		}
	}
}

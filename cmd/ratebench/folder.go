package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// defaultOut is where the results of a scenario go if --out does not say. UTC, so that folders sort by time everywhere;
// no colons, since Windows refuses them.
func defaultOut(scenario string, now time.Time) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, scenario)
	return filepath.Join("results", safe+"-"+now.UTC().Format("20060102T150405Z"))
}

// checkFolder says early whether a folder suits a run, so that nothing is begun in vain. To resume, it must hold the
// same run; now then takes its start from it.
func checkFolder(dir string, resume bool, now *record.Manifest) error {
	if !resume {
		if _, err := record.Open(dir); err == nil {
			return usagef("%s already holds a run: go on with it by --resume, or choose another folder with --out", dir)
		}
		return nil // Create looks closer
	}
	folder, err := openResults(dir)
	if err != nil {
		return err
	}
	old, err := folder.Manifest()
	if err != nil {
		return err
	}
	now.Started = old.Started
	return sameRun(old, *now)
}

// openFolder makes the folder of a new run or, to resume one, opens it as it was left. A folder that does not suit is
// the user's to change, and so is one that another process writes to; one that cannot be written is a failure.
func openFolder(dir string, resume bool) (folder *record.Folder, finished map[int]record.Trial, err error) {
	defer func() {
		if errors.Is(err, record.ErrBusy) {
			folder, err = nil, withExit(exitUsage, err)
		}
	}()
	if !resume {
		folder, err = record.Create(dir)
		if errors.Is(err, fs.ErrExist) {
			return nil, nil, withExit(exitUsage, err)
		}
		return folder, nil, err
	}
	if folder, err = openResults(dir); err != nil {
		return nil, nil, err
	}
	finished, err = folder.Resume()
	return folder, finished, err
}

// openResults opens a results folder for reading.
func openResults(dir string) (*record.Folder, error) {
	folder, err := record.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%s is no results folder: there is no %s in it", dir, record.ManifestFile)
	}
	if err != nil {
		return nil, fmt.Errorf("open the results: %w", err)
	}
	return folder, nil
}

// sameRun says why a folder's run is not the one that a scenario and backend describe; nil if it is. Mixing two runs in
// one folder would compare what cannot be compared.
func sameRun(old, now record.Manifest) error {
	switch {
	case old.Schema != now.Schema:
		return usagef("the files have layout %d, this version writes %d: start again with another --out", old.Schema, now.Schema)
	case old.Resolved != now.Resolved:
		return usagef("the run was made with another scenario or other overrides: repeat them, or start again with another --out")
	case old.Clock != now.Clock:
		return usagef("the run was made on the %s clock: repeat --clock %s, or start again with another --out", old.Clock, old.Clock)
	case !maps.Equal(old.Commands, now.Commands):
		return usagef("the run was made with other commands: repeat --exec and --as, or start again with another --out")
	case old.Backend != now.Backend || old.Endpoint != now.Endpoint:
		return usagef("the run was made against %s, not %s: start again with another --out", place(old), place(now))
	case old.Versions["ratebench"] != now.Versions["ratebench"]:
		return usagef("the run was made by ratebench %s, this is %s: start again with another --out", old.Versions["ratebench"], now.Versions["ratebench"])
	}
	return nil
}

func place(m record.Manifest) string {
	if m.Endpoint == "" {
		return "the " + m.Backend + " backend"
	}
	return fmt.Sprintf("%s at %s", m.Backend, m.Endpoint)
}

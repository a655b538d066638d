package connector

import (
	"errors"
	"fmt"

	"github.com/ratebench/ratebench/internal/filelock"
)

// errBusy says that somebody else writes to a file just now.
var errBusy = errors.New("another process is writing it")

// lockSuffix is of the file that is locked in place of another one.
const lockSuffix = ".lock"

// hold keeps a path for the caller until release is called; somebody else has it: errBusy.
func hold(path string) (release func(), err error) {
	release, err = filelock.Hold(path+lockSuffix, 0o600)
	if errors.Is(err, filelock.ErrBusy) {
		err = fmt.Errorf("%s: %w", path, errBusy)
	}
	return release, err
}

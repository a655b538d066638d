package record

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/ratebench/ratebench/internal/filelock"
)

// ErrBusy says that another process writes to the folder just now, or another Folder of this one.
var ErrBusy = errors.New("another process is writing to it; wait until that has ended, or choose another folder with --out")

// lockFile is what a writer locks as long as it writes. No file of rows is locked: Windows would let nobody read it then.
const lockFile = ".ratebench.lock"

// lock makes this Folder the only one that writes, until Close.
func (f *Folder) lock() error {
	release, err := filelock.Hold(f.path(lockFile), 0o644) // others lock it too, if they may write to the folder
	switch {
	case errors.Is(err, filelock.ErrBusy):
		return fmt.Errorf("%s is in use: %w", f.dir, ErrBusy)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("lock the results folder: %w", err)
	case err != nil:
		return writeError(f.dir, err)
	}
	f.release = release
	return nil
}

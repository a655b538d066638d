package connector

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/gofrs/flock"
)

// errBusy says that somebody else writes to a file just now.
var errBusy = errors.New("another process is writing it")

// lockSuffix is of the file that is locked in place of another one. It is a file of its own since Windows lets nobody write to what is locked, not even by
// another handle of the same process, and since other systems drop a process's lock when it closes any handle of the file.
const lockSuffix = ".lock"

// hold keeps a path for the caller until release is called; somebody else has it: errBusy. It waits for nobody. Where the file system knows no locks it is
// not kept. The system ends the lock of a process that dies; what stays then is an empty file, which the next one takes.
func hold(path string) (release func(), err error) {
	for range 100 { // so often somebody would have to let go between opening and locking
		l := flock.New(path + lockSuffix)
		switch ok, err := l.TryLock(); {
		case isPath(err):
			return nil, err
		case err != nil: // no locks here
			_ = os.Remove(l.Path())
			return func() {}, nil
		case !ok:
			return nil, fmt.Errorf("%s: %w", path, errBusy)
		}
		if same(l) {
			return func() { letGo(l) }, nil
		}
		_ = l.Unlock()
	}
	return nil, fmt.Errorf("%s: %w", path, errBusy)
}

// isPath tells that a file could not be opened from that it could not be locked.
func isPath(err error) bool {
	_, ok := errors.AsType[*fs.PathError](err)
	return ok
}

// same says whether the file that is locked still has its name: who had it before has removed it since it was opened, if not.
func same(l *flock.Flock) bool {
	locked, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.Path())
	return err == nil && os.SameFile(locked, there)
}

// letGo removes the file before its lock ends, or another one could be made while somebody has just locked this. Windows removes nothing that is open,
// and so neither what the next one has locked: there the other order is right.
func letGo(l *flock.Flock) {
	_ = os.Remove(l.Path())
	_ = l.Unlock()
	if runtime.GOOS == "windows" {
		_ = os.Remove(l.Path())
	}
}

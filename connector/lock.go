package connector

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/gofrs/flock"
)

// errBusy says that somebody else writes to a file just now.
var errBusy = errors.New("another process is writing it")

// lockSuffix is of the file that is locked in place of another one. It is a file of its own since Windows lets nobody write to what is locked, not even by
// another handle of the same process, and since other systems drop a process's lock when it closes any handle of the file.
const lockSuffix = ".lock"

// hold keeps a path for the caller until release is called; somebody else has it: errBusy. It waits for nobody. Where the file system knows no locks, or has none left, it is
// not kept. The system ends the lock of a process that dies; what stays then is an
// empty file, too, which the next one of the same user takes.
func hold(path string) (release func(), err error) {
	for range 100 { // so often somebody would have to let go between opening and locking
		l := flock.New(path + lockSuffix)
		switch ok, err := l.TryLock(); {
		case errors.Is(err, syscall.ENOLCK): // there are none left just now, but somebody else may have had one before
			return func() {}, nil
		case noLocks(err): // and so nobody holds what is there
			_ = os.Remove(l.Path())
			return func() {}, nil
		case err != nil:
			return nil, unlocked(l.Path(), err)
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

// noLocks says of an error that the file system knows no locks.
func noLocks(err error) bool {
	const invalidFunction = syscall.Errno(1) // what Windows says of a file system that lacks an operation
	return errors.Is(err, errors.ErrUnsupported) || runtime.GOOS == "windows" && errors.Is(err, invalidFunction)
}

// unlocked names the file that could not be locked, and what to do where it is another user's.
func unlocked(lock string, err error) error {
	if !isPath(err) {
		err = &fs.PathError{Op: "lock", Path: lock, Err: err}
	}
	if errors.Is(err, fs.ErrPermission) && exists(lock) {
		err = fmt.Errorf("%w; it belongs to a process of another user: if that does not run any more, remove the file", err)
	}
	return err
}

// isPath says of an error that it names the file.
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

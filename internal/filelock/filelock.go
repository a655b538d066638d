// Package filelock lets one process at a time have something that a file stands for. The lock is gofrs/flock's; what is added is that
// the file is removed, and that nobody shares a lock because of it.
package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/gofrs/flock"
)

// ErrBusy says that somebody else has the lock just now.
var ErrBusy = errors.New("somebody else has it locked")

// Hold locks the file of a path, which it makes with these permissions if it is not there, until release is called; somebody else has it:
// ErrBusy. It waits for nobody. Where the file system knows no locks, or has none left, the caller goes on without one. The system ends
// the lock of a process that dies; what stays then is an empty file, which the next one takes who may open it.
//
// Note: what is to be written should not be locked itself. Windows lets nobody write to what is locked, not even by another handle of the
// same process, and other systems drop a process's lock when it closes any handle of the file.
func Hold(path string, perm fs.FileMode) (release func(), err error) {
	for range 100 { // so often somebody would have to let go between opening and locking
		l := flock.New(path, flock.SetPermissions(perm))
		switch ok, err := l.TryLock(); {
		case errors.Is(err, syscall.ENOLCK): // there are none left just now, but somebody else may have had one before
			_ = l.Close()
			return func() {}, nil
		case noLocks(err): // and so nobody holds what is there
			_ = l.Close()
			_ = os.Remove(path)
			return func() {}, nil
		case err != nil:
			_ = l.Close()
			return nil, unlocked(path, err)
		case !ok:
			return nil, fmt.Errorf("%s: %w", path, ErrBusy)
		}
		if same(l) {
			return func() { letGo(l) }, nil
		}
		_ = l.Close()
	}
	return nil, fmt.Errorf("%s: %w", path, ErrBusy)
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
	if _, there := os.Lstat(lock); errors.Is(err, fs.ErrPermission) && there == nil {
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
	_ = l.Close()
	if runtime.GOOS == "windows" {
		_ = os.Remove(l.Path())
	}
}

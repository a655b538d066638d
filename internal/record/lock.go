package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/gofrs/flock"
)

// ErrBusy says that another process writes to the folder just now, or another Folder of this one.
var ErrBusy = errors.New("another process is writing to it; wait until that has ended, or choose another folder with --out")

// lockFile is what a writer locks as long as it writes. No file of rows is locked: Windows would let nobody read it then.
const lockFile = ".ratebench.lock"

// hold keeps the folder for its caller until release is called, and waits for nobody. Where the file system knows no
// locks, everybody has it. The system ends the lock of a process that dies; the empty file that is left then bars nobody.
func hold(path string) (release func(), err error) {
	for range 100 { // so often somebody would have to let go between opening and locking
		l := flock.New(path, flock.SetPermissions(0o644)) // others lock it too, if they may write to the folder
		ok, err := l.TryLock()
		switch {
		case err != nil && lockless(err):
			_ = l.Close()
			_ = os.Remove(path)
			return func() {}, nil
		case err != nil:
			return nil, errors.Join(err, l.Close())
		case !ok:
			return nil, ErrBusy
		}
		if named(l) {
			return func() { letGo(l) }, nil
		}
		_ = l.Close()
	}
	return nil, ErrBusy
}

// lockless says of an error that locks are not to be had, which is no reason not to write.
func lockless(err error) bool {
	const invalidFunction = syscall.Errno(1) // of Windows, where a file system lacks an operation
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK) || runtime.GOOS == "windows" && errors.Is(err, invalidFunction)
}

// named says whether what is locked is still the file of that name. It is not if who had it before has removed it in between.
func named(l *flock.Flock) bool {
	mine, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.Path())
	return err == nil && os.SameFile(mine, there)
}

// letGo removes the file while it is still locked, so that nobody locks one that is about to go. Windows removes nothing
// that is open, neither here nor under the next one, so there it goes afterwards.
func letGo(l *flock.Flock) {
	_ = os.Remove(l.Path())
	_ = l.Close()
	if runtime.GOOS == "windows" {
		_ = os.Remove(l.Path())
	}
}

// lock makes this Folder the only one that writes, until Close.
func (f *Folder) lock() error {
	release, err := hold(f.path(lockFile))
	switch {
	case errors.Is(err, ErrBusy):
		return fmt.Errorf("%s is in use: %w", f.dir, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("lock the results folder: %w", err)
	case err != nil:
		return writeError(f.dir, err)
	}
	f.release = release
	return nil
}

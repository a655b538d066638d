//go:build unix && !solaris && !aix && !illumos

package connector

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps a file for its opener until it is closed. Where the file system knows no locks it is not kept.
func lock(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return errBusy
	}
	return nil
}

//go:build linux || darwin || freebsd || netbsd || openbsd

package machine

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// processorTime is what the process has had so far, in user mode and in the system.
func processorTime() (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}

// filesInUse is the share of the file descriptors it may have that the process has open. It takes one itself to see that; where there
// is none left, for the process or on the whole machine, the share is 1.
func filesInUse() (float64, bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur <= 0 {
		return 0, false
	}
	dir, err := os.Open("/dev/fd") // on Linux a link to /proc/self/fd
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return 1, true
	}
	if err != nil {
		return 0, false
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return 0, false
	}
	return float64(len(names)) / float64(limit.Cur), true
}

//go:build linux || darwin || freebsd || netbsd || openbsd

package machine

import (
	"os"
	"syscall"
	"testing"
)

// A process that has no file descriptor left cannot count them, and is short of them all the same.
func TestMonitorWithoutFiles(t *testing.T) {
	if _, ok := filesInUse(); !ok {
		cannot(t, "this system does not tell")
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	few := before
	few.Cur = 64
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		cannot(t, err)
	}
	var taken []*os.File
	back := func() {
		for _, f := range taken {
			f.Close() // only opened
		}
		taken = nil
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	}
	defer back()
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		if taken = append(taken, f); len(taken) > 64 {
			cannot(t, "this system does not keep the limit")
		}
	}
	share, ok := filesInUse()
	_, short := Start().Stop()
	back()
	if share != 1 || !ok {
		t.Errorf("share of the file descriptors: %v, %v", share, ok)
	}
	if short != Files && short != CPU {
		t.Errorf("short of %q", short)
	}
}

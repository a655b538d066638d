package filelock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// A path is held by one at a time, and nothing is left of it.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for range 2 {
		release, err := Hold(path, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Hold(path, 0o600); !errors.Is(err, ErrBusy) {
			t.Errorf("a second one: %v", err)
		}
		other, err := Hold(path+"b", 0o600)
		if err != nil {
			t.Fatal(err)
		}
		other()
		release()
		empty(t, dir)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // of somebody who was killed
		t.Fatal(err)
	}
	release, err := Hold(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	release()
	empty(t, dir)
	if _, err := Hold(filepath.Join(dir, "none", "a"), 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

// Only a file system that knows no locks is one; what else goes wrong with a lock file is an error that names it.
func TestHoldErrors(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.ENOSYS: true, syscall.ENOTSUP: true, syscall.EIO: false, syscall.EINTR: false, syscall.EACCES: false, syscall.ENOLCK: false, fs.ErrPermission: false,
	} {
		if noLocks(err) != want {
			t.Errorf("%v counts as no locks: %v", err, !want)
		}
	}
	dir := t.TempDir()
	lock := filepath.Join(dir, "a")
	for _, err := range []error{syscall.EIO, &fs.PathError{Op: "open", Path: lock, Err: syscall.EACCES}} {
		if got := unlocked(lock, err); !errors.Is(got, err) || !strings.Contains(got.Error(), lock+": ") || strings.Contains(got.Error(), "remove the file") {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Hold(filepath.Join(dir, "a"), 0o600); err == nil || !strings.Contains(err.Error(), lock) {
		t.Errorf("got %v", err)
	}
	err := unlocked(lock, &fs.PathError{Op: "open", Path: lock, Err: syscall.EACCES})
	if !errors.Is(err, fs.ErrPermission) || !strings.HasSuffix(err.Error(), "a process of another user: if that does not run any more, remove the file") {
		t.Errorf("of another user: %v", err)
	}
}

// Lock files are removed while others open them: still nobody shares a lock.
func TestHoldInTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	var holders, held atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				release, err := Hold(path, 0o600)
				if err != nil {
					if !errors.Is(err, ErrBusy) {
						t.Error(err)
					}
					continue
				}
				if n := holders.Add(1); n > 1 {
					t.Errorf("%d hold it", n)
				}
				held.Add(1)
				holders.Add(-1)
				release()
			}
		})
	}
	all.Wait()
	if held.Load() == 0 {
		t.Error("nobody ever had it")
	}
}

// empty fails a test if a folder holds anything.
func empty(t *testing.T, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
}

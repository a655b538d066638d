package connector

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
)

// A path is held by one at a time, and nothing is left of it.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for range 2 {
		release, err := hold(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hold(path); !errors.Is(err, errBusy) {
			t.Errorf("a second one: %v", err)
		}
		other, err := hold(path + "b")
		if err != nil {
			t.Fatal(err)
		}
		other()
		release()
		only(t, dir)
	}
	if err := os.WriteFile(path+lockSuffix, nil, 0o600); err != nil { // of somebody who was killed
		t.Fatal(err)
	}
	release, err := hold(path)
	if err != nil {
		t.Fatal(err)
	}
	release()
	only(t, dir)
	if _, err := hold(filepath.Join(dir, "none", "a")); !errors.Is(err, fs.ErrNotExist) {
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
	lock := filepath.Join(dir, "a") + lockSuffix
	for _, err := range []error{syscall.EIO, &fs.PathError{Op: "open", Path: lock, Err: syscall.EACCES}} {
		if got := unlocked(lock, err); !errors.Is(got, err) || !strings.Contains(got.Error(), lock+": ") || strings.Contains(got.Error(), "remove the file") {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := hold(filepath.Join(dir, "a")); err == nil || !strings.Contains(err.Error(), lock) {
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
				release, err := hold(path)
				if err != nil {
					if !errors.Is(err, errBusy) {
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

// Of two uploads of a file with one journal, one is told so before it has asked for anything that costs; the other's is whole.
func TestUploadTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := FileJournal{Dir: filepath.Join(t.TempDir(), "journal")}
		plain := some(3)
		s := source("a", plain)
		s.Modified = modified
		var second error
		connector := func() *Connector { return f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 1 }) }
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && n == 2 {
				_, second = connector().Upload(t.Context(), s)
			}
			return nil, nil
		}
		up, err := connector().Upload(t.Context(), s)
		if err != nil || !errors.Is(second, ErrUploading) {
			t.Errorf("got %v and %v", err, second)
		}
		f.expect(t, map[string]int{"create": 1, "put": 3, "delete": 0})
		if got := f.uploads[up.FileID]; got == nil || got.State != "inbox" {
			t.Errorf("the upload is %+v", got)
		}
		only(t, j.Dir)
	})
}

// A lock ends with its upload, however that ends, and so another process may go on.
func TestUploadLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := FileJournal{Dir: t.TempDir()}
		s := source("a", some(3))
		s.Modified = modified
		interrupt(t, f, j, s, 1)
		release, err := j.Hold(fakeBox, "a")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s); !errors.Is(err, ErrUploading) {
			t.Errorf("got %v", err)
		}
		release()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(ctx, s); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s); err != nil {
			t.Error(err)
		}
		only(t, j.Dir)
	})
}

// An alias that JSON would change is refused, and nobody is asked.
func TestAliasUTF8(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		s := source("caf\xe9.bam", bytes.Repeat([]byte("x"), 10))
		if _, err := f.connector(t, Fixed(), nil).Upload(t.Context(), s); !errors.Is(err, ErrAlias) {
			t.Errorf("got %v", err)
		}
		if len(f.calls) > 0 {
			t.Errorf("the services were asked: %v", f.calls)
		}
	})
}

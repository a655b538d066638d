package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWriteErrorAdvice(t *testing.T) {
	for cause, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "free space and continue with --resume",
		syscall.EDQUOT: "free space and continue with --resume",
		syscall.EFBIG:  "ulimit -f) and continue",
		syscall.EROFS:  "make the folder writable",
		syscall.EACCES: "make the folder writable",
		syscall.EIO:    "mend that and continue",
	} {
		err := writeError("out/x.csv", &fs.PathError{Op: "write", Path: "out/x.csv", Err: cause})
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "x.csv") != 1 {
			t.Errorf("%v, want %q and the path once", err, want)
		}
	}
}

func TestReplaceFileKeepsTheOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := ReplaceFile(path, func(f *os.File) error {
		if _, err := f.WriteString("ne"); err != nil {
			return err
		}
		return &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	})
	if w, ok := errors.AsType[*WriteError](err); !ok || w.Path != path || !w.Same(syscall.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
		t.Errorf("%q, %v", b, err)
	}
	if err := ReplaceFile(path, func(f *os.File) error { _, err := f.WriteString("new"); return err }); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "new" {
		t.Errorf("%q, %v", b, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

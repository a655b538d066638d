package record

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	fill(t, f, 1)
	if _, err := Create(dir); !errors.Is(err, ErrBusy) {
		t.Errorf("Create beside a writer = %v", err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Resume(); !errors.Is(err, ErrBusy) {
		t.Errorf("Resume beside a writer = %v", err)
	}
	if a, _, _, _ := trials(t, r); len(a) != 2 {
		t.Errorf("a reader beside a writer sees %d attempts", len(a))
	}
	fill(t, f, 2)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, lockFile)); err == nil {
		t.Error("the lock's file stays")
	}
	if finished, err := r.Resume(); err != nil || len(finished) != 2 {
		t.Errorf("Resume after the writer: %v, %v", finished, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// What a killed process leaves of its lock bars nobody.
func TestLockLeftBehind(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, lockFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A failed Create or Resume keeps nobody out.
func TestFailedOpenLetsGo(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir); err == nil {
		t.Fatal("Create took a folder with a run")
	}
	trials := filepath.Join(dir, TrialsFile)
	good, err := os.ReadFile(trials)
	if err == nil {
		err = os.WriteFile(trials, []byte("nonsense\n1\n"), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Resume(); err == nil || errors.Is(err, ErrBusy) {
		t.Fatalf("Resume of a damaged folder = %v", err)
	}
	if err := os.WriteFile(trials, good, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

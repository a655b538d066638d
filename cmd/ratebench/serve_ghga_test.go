package main

import (
	"os"
	"path/filepath"
	"testing"
)

// What is in the user's folder is neither written over nor removed, and a folder that was made goes again.
func TestGHGAStandTouchesOnlyItsOwn(t *testing.T) {
	for _, name := range []string{ghgaKeyFile, ghgaUploadFile, ghgaDownloadFile} {
		dir := t.TempDir()
		mine := filepath.Join(dir, name)
		if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := newGHGAStand(dir, nil, nil)
		if exitCode(err) != exitUsage {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}

	dir := filepath.Join(t.TempDir(), "a", "b")
	g, err := newGHGAStand(dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, ghgaUploadFile)
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := g.write(ghgaKeyFile, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := g.write(ghgaUploadFile, []byte("x")); exitCode(err) != exitUsage {
		t.Errorf("a file that came meanwhile: %v", err)
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("after close: %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(dir, ghgaKeyFile)); err == nil {
		t.Error("the key was left behind")
	}
	if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}

	if g, err = newGHGAStand(dir, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := g.close(); err != nil { // nothing was written: the port was taken, say
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(dir)); err == nil {
		t.Error("a folder that was made was left behind")
	}
}

//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A named pipe is refused, not waited for.
func TestPipeIsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.c4gh")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := plainFile(path); err == nil || !strings.Contains(err.Error(), "is no regular file") {
		t.Errorf("upload: %v", err)
	}
	if _, err := (ghgaDecryptCmd{Files: []string{path}}).places(); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "is no regular file") {
		t.Errorf("decrypt: %v", err)
	}
}

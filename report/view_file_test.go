package report

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// A cause is said once, however many files it keeps from being written, and what else went wrong stays.
func TestViewsErrorSaysACauseOnce(t *testing.T) {
	other := errors.New("something else")
	err := viewsError(errors.Join(
		&fs.PathError{Op: "mkdir", Path: "out/latency", Err: syscall.EROFS},
		errors.Join(record.NewWriteError("out/a.png", syscall.EROFS), nil),
		fmt.Errorf("draw: %w", record.NewWriteError("out/b.png", syscall.EROFS)), other))
	views, ok := errors.AsType[*ViewsError](err)
	if !ok || views.Files != 3 || !errors.Is(err, syscall.EROFS) || !errors.Is(err, other) {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); strings.Count(text, syscall.EROFS.Error()) != 1 || strings.Count(text, "\n") != 1 || !strings.Contains(text, "writable") {
		t.Errorf("%s", text)
	}
	if err := viewsError(nil); err != nil {
		t.Error(err)
	}
}

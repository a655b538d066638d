package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every message that a user can meet stands in testdata/bad, to be read.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(file), src, nil, Known(contestants))
			checkError(t, err)
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", []byte(err.Error()+"\n"))
		})
	}
}

// checkError fails unless err is an *Error whose problems have a place or are about the whole file.
func checkError(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) == 0 {
		t.Fatalf("no *Error: %v", err)
	}
	for _, p := range e.Problems {
		if p.Message == "" || p.Set == "" && p.File == "" || p.Line > 0 && p.Column < 1 {
			t.Errorf("problem without a place or message: %+v", p)
		}
	}
	if len(err.Error()) > 20_000 {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
}

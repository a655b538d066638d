package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/tune"
)

// Every command that docs/tuning.md shows is one, and its table of preferences is the program's.
func TestTuningDocs(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "tuning.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	found := regexp.MustCompile(`(?m)^    (?:go run \./cmd/)?ratebench ((?:.*\\\n)*.*?)(?: +#.*)?$`).FindAllStringSubmatch(text, -1)
	if len(found) < 4 {
		t.Fatalf("found %d commands, want at least 4", len(found))
	}
	for _, m := range found {
		parser, err := newParser(context.Background(), &streams{}, func() {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(strings.Fields(strings.ReplaceAll(m[1], "\\\n", " "))); err != nil {
			t.Errorf("ratebench %s: %v", m[1], err)
		}
	}
	for _, p := range tune.Preferences() {
		if !strings.Contains(text, "| `"+p.Name+"` |") || !strings.Contains(text, p.Summary) {
			t.Errorf("the preference %s is not there, or is told otherwise", p.Name)
		}
	}
}

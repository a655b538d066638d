package faultdocs

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver/faults"
)

var update = flag.Bool("update", false, "write docs/faults.md anew")

func TestPageIsFresh(t *testing.T) {
	const page = "../../docs/faults.md"
	if *update {
		if err := os.WriteFile(page, []byte(Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != Markdown() {
		t.Error("docs/faults.md is not what the table of faults says (go test ./internal/faultdocs -update writes it)")
	}
}

// Every parameter says what it is for, and every kind what it does.
func TestNothingIsUndocumented(t *testing.T) {
	for line := range strings.SplitSeq(Markdown(), "\n") {
		if strings.HasPrefix(line, "| `") && strings.HasSuffix(line, "|  |") {
			t.Errorf("no description: %s", line)
		}
	}
	for _, k := range faults.Builtin() {
		if k.Summary == "" || !strings.HasSuffix(k.Summary, ".") || k.Order == "" || k.Family == "" {
			t.Errorf("%s: summary %q, order %q, family %q: all must be set, and the summary be a sentence", k.Name, k.Summary, k.Order, k.Family)
		}
	}
}

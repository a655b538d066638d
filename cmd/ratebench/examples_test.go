package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/scenarios"
)

// Every kind of fault has an example that shows it: it runs, and the ledger says that the fault acted.
func TestExamples(t *testing.T) {
	for _, k := range faults.Builtin() {
		t.Run(k.Name, func(t *testing.T) {
			if !slices.Contains(scenarios.Examples(), k.Example) {
				t.Fatalf("there is no scenarios/%s.yaml", k.Example)
			}
			if k.Only != "" && k.Only != faults.OnlyHTTP1 {
				t.Skipf("needs %s: TestServeExamples has it", k.Only)
			}
			if src, _ := scenarios.Open(k.Example); bytes.Contains(src, []byte("\n# Not in run:")) {
				t.Skip("its requests are none of run's: TestServeExamples has it")
			}
			runExample(t, k.Name)
		})
	}
}

// exitsWith finds what an example says of its exit code, where that is not 0.
var exitsWith = regexp.MustCompile(`(?m)^# Exits with (\d)`)

func runExample(t *testing.T, kind string) {
	src, err := scenarios.Open("faults/" + kind)
	if err != nil {
		t.Fatal(err)
	}
	want := exitPassed
	if m := exitsWith.FindSubmatch(src); m != nil {
		want, _ = strconv.Atoi(string(m[1])) // digits, by the pattern
	}
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"run", "faults/" + kind, "--out", out}, nil, &stdout, &stderr); code != want {
		t.Fatalf("exit code %d, want %d\n%s%s", code, want, stdout.String(), stderr.String())
	}
	sc, err := scenarios.Load("faults/" + kind)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, r := range sc.Faults {
		if slices.Contains(r.Names(), kind) {
			rules = append(rules, r.Name)
		}
	}
	f, err := os.Open(filepath.Join(out, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := json.NewDecoder(f); ; {
		var row record.LedgerRow
		if lines.Decode(&row) != nil {
			t.Fatalf("no row of the ledger says that one of %v acted", rules)
		}
		for acted := range strings.SplitSeq(row.Rule, "+") {
			if slices.Contains(rules, acted) {
				return
			}
		}
	}
}

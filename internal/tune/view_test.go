package tune

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// stormy is an evaluator of exponential: what its base costs in speed, its attempts in amplification and uploads.
type stormy struct{ shift float64 }

// Evaluate implements Evaluator.
func (e stormy) Evaluate(_ context.Context, _ string, jobs []Job) error {
	for _, j := range jobs {
		v, err := newSet(j.Setting)
		if err != nil {
			return err
		}
		base, _ := v.number("base")
		attempts, _ := v.number("attempts")
		for _, s := range j.Seeds {
			wobble := 1 + 0.01*math.Sin(float64(s)+100*base)
			r := Result{
				Speed: 50 * wobble / (1 + math.Abs(math.Log(base/(0.4+e.shift)))/4), Amplification: 1.2 + attempts/100, RecoveryS: 2 * base, Objects: 4,
			}
			if attempts < 7 {
				r.Failed = 1
			}
			j.Results[s] = r
		}
	}
	return nil
}

func stormyReport(t *testing.T) *Report {
	t.Helper()
	return confirmedReport(t, stormy{0.05})
}

// confirmedReport is of a search by stormy that another evaluator confirms, or not.
func confirmedReport(t *testing.T, e Evaluator) *Report {
	t.Helper()
	s := scenario(t, "phases: [{name: before, for: 1s}, {name: after}]\ncontestants: [{name: exponential, with: {attempts: 12}}]")
	spaces, baselines, err := NewSpaces(s, nil, []string{"base", "attempts", "concurrency=2..8"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Search(t.Context(), Config{Spaces: spaces, Baselines: baselines, Prefer: Preferences()[0], Evaluator: stormy{}, Trials: 300, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	a, err := f.Advise(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Confirm(t.Context(), a, e, 6, "real")
	if err != nil {
		t.Fatal(err)
	}
	return NewReport(f, a, c, About{Scenario: s, Clock: "virtual", Notes: []string{"Made up."}})
}

func TestViews(t *testing.T) {
	r := stormyReport(t)
	for format, file := range map[string]string{"table": "report.txt", "markdown": "report.md"} {
		var b bytes.Buffer
		if err := r.Print(&b, format); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := b.String(), strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
			t.Errorf("%s is not as it was; look at it and run with -update if it is right:\n%s", file, got)
		}
		for line := range strings.Lines(b.String()) {
			if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
				t.Errorf("%s: blanks at the end of %q", file, line)
			}
		}
	}
}

// JSON and YAML hold the same, and all that the text says.
func TestReportAsData(t *testing.T) {
	r := stormyReport(t)
	var j, y bytes.Buffer
	if err := r.Print(&j, "json"); err != nil {
		t.Fatal(err)
	}
	if err := r.Print(&y, "yaml"); err != nil {
		t.Fatal(err)
	}
	var a, b map[string]any
	if err := json.Unmarshal(j.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(y.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if a["verdict"] != r.Verdict || b["verdict"] != r.Verdict {
		t.Errorf("verdict %v and %v, want %v", a["verdict"], b["verdict"], r.Verdict)
	}
	for _, key := range []string{"recommended", "wins", "baselines", "pareto", "flatness", "forms", "confirmation"} {
		if a[key] == nil || b[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
}

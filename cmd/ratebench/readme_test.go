package main

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/scenarios"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// Every command line that the README shows must be one.
func TestReadmeCommandsParse(t *testing.T) {
	found := regexp.MustCompile(`(?m)^    go run \./cmd/ratebench (.*?)(?: +#.*)?$`).FindAllStringSubmatch(readme(t), -1)
	if len(found) < 3 {
		t.Fatalf("found %d commands in the README, want at least 3", len(found))
	}
	for _, m := range found {
		parser, err := newParser(context.Background(), &streams{}, func() {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(strings.Fields(m[1])); err != nil {
			t.Errorf("ratebench %s: %v", m[1], err)
		}
	}
}

// The table of commands must name all of them and no others.
func TestReadmeListsCommands(t *testing.T) {
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `ratebench ([a-z]+)").FindAllStringSubmatch(readme(t), -1) {
		listed[m[1]] = true
	}
	parser, err := newParser(context.Background(), &streams{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		if !listed[command.Name] {
			t.Errorf("the README does not list ratebench %s", command.Name)
		}
		delete(listed, command.Name)
	}
	for name := range listed {
		t.Errorf("the README lists ratebench %s, which does not exist", name)
	}
}

func TestReadmeScenarios(t *testing.T) {
	text := readme(t)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Fatal("found no scenario in the README")
	}
	for _, block := range blocks {
		if _, err := loadScenario("-", strings.NewReader(block[1])); err != nil {
			t.Error(err)
		}
	}
	for _, name := range scenarios.Shipped() {
		if !strings.Contains(text, "`"+name+".yaml`") {
			t.Errorf("the README does not list the shipped scenario %s.yaml", name)
		}
	}
}

// The first command of the README, made small by overrides so that it takes seconds.
func TestReadmeMainJob(t *testing.T) {
	t.Parallel()
	if !strings.Contains(readme(t), "go run ./cmd/ratebench run scenarios/flaky.yaml ") {
		t.Fatal("the README does not show the main job as it is run here")
	}
	out := filepath.Join(t.TempDir(), "out")
	args := []string{"run", filepath.Join("..", "..", "scenarios", "flaky.yaml"), "--out", out}
	for _, set := range []string{"object_size=20MiB", "objects=1", "part_size=5MiB", "concurrency=4"} {
		args = append(args, "--set", "workload."+set)
	}
	contestants := []string{"no-retry", "immediate", "exponential", "ghga-python"}
	if raceEnabled {
		args = append(args, "--set", "contestants=["+strings.Join(contestants, ", ")+"]")
	} else {
		contestants = append(contestants, "minio-go")
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitPassed {
		t.Fatalf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
	for _, contestant := range append(contestants, "oracle") {
		if !strings.Contains(stdout.String(), "\n"+contestant) {
			t.Errorf("the table has no row for %s:\n%s", contestant, &stdout)
		}
	}
}

// The walk from numbers to a decision, as the README shows it, with the exit codes that it tells.
func TestReadmeWalkThrough(t *testing.T) {
	if raceEnabled {
		t.Skip("the same commands run under the race detector in their own tests, on less")
	}
	_, walk, ok := strings.Cut(readme(t), "\n## From numbers to a decision\n")
	walk, _, _ = strings.Cut(walk, "\n## ")
	commands := regexp.MustCompile(`(?m)^    go run \./cmd/ratebench (.*?)(?: +# exit code (\d).*)?$`).FindAllStringSubmatch(walk, -1)
	if !ok || len(commands) < 5 {
		t.Fatalf("the README's walk-through has %d commands", len(commands))
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("scenarios", os.DirFS(filepath.Join(root, "scenarios"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		var stdout, stderr bytes.Buffer
		want := cmp.Or(c[2], "0")
		if code := run(t.Context(), strings.Fields(c[1]), strings.NewReader(""), &stdout, &stderr); strconv.Itoa(code) != want {
			t.Fatalf("ratebench %s: exit code %d, want %s\n%s%s", c[1], code, want, &stdout, &stderr)
		}
		if stdout.Len() == 0 {
			t.Errorf("ratebench %s prints nothing", c[1])
		}
	}
	if page, err := os.ReadFile("results/before/report.html"); err != nil || !bytes.Contains(page, []byte("exponential")) {
		t.Errorf("results/before/report.html: %v", err)
	}
}

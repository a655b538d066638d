package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ratebench/ratebench/scenarios"
)

// action is action.yml as far as it is checked here.
type action struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     *string
	}
	Runs struct {
		Using string
		Steps []struct {
			Name, ID, Shell, Run, Uses string
			Env                        map[string]string
			With                       map[string]any
		}
	}
}

func fileOf(t *testing.T, names ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, names...)...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	if err := yaml.Unmarshal([]byte(fileOf(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Nothing that somebody else wrote becomes part of a script: inputs come as environment variables, all of which are there.
func TestActionIsSafe(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 || !a.Inputs["scenario"].Required {
		t.Fatalf("%+v", a)
	}
	doc := fileOf(t, "docs", "ci.md")
	used := ""
	for _, step := range a.Runs.Steps {
		used += fmt.Sprint(step.Env, step.With)
		if step.Run == "" {
			if !regexp.MustCompile(`^actions/[a-z-]+@v\d+$`).MatchString(step.Uses) {
				t.Errorf("step %s uses %q", step.Name, step.Uses)
			}
			continue
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("step %s: an expression is put into the script", step.Name)
		}
		if step.Shell != "bash" || !strings.HasPrefix(step.Run, "set -euo pipefail\n") {
			t.Errorf("step %s: shell %s, and begins with %.30q", step.Name, step.Shell, step.Run)
		}
		for _, m := range regexp.MustCompile(`\$\{?(RB_[A-Z_]+)`).FindAllStringSubmatch(step.Run, -1) {
			if _, ok := step.Env[m[1]]; !ok {
				t.Errorf("step %s: %s is not in its environment", step.Name, m[1])
			}
		}
		// Outside of quotes only assignments and words of [[ ]] and case stand for themselves.
		for line := range strings.Lines(step.Run) {
			if m := regexp.MustCompile(`(?:^|\s)\$\{?RB_`).FindString(strings.TrimSpace(line)); m != "" {
				t.Errorf("step %s: without quotes: %s", step.Name, line)
			}
		}
	}
	for name, input := range a.Inputs {
		if input.Description == "" || !input.Required && input.Default == nil {
			t.Errorf("input %s has no description or no default", name)
		}
		if !strings.Contains(used, "inputs."+name+" }}") {
			t.Errorf("input %s is not used", name)
		}
		if !strings.Contains(doc, "\n| `"+name+"` |") {
			t.Errorf("docs/ci.md does not list the input %s", name)
		}
	}
}

// The scripts are carried out, with inputs that would do harm if they were taken for more than text, in a repository whose program does
// nothing. What ratebench is called with must be a command line of its own.
func TestActionRuns(t *testing.T) {
	needs(t, "bash", "git", "go")
	a := readAction(t)
	repo, temp := t.TempDir(), t.TempDir()
	env := append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+filepath.Join(temp, "output"), "GOFLAGS=-mod=mod", "GOWORK=off",
		"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.org", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.org",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	bash := func(script string, env []string) (string, error) {
		c := exec.CommandContext(t.Context(), "bash", "-c", script)
		c.Dir, c.Env = repo, env
		out, err := c.CombinedOutput()
		return string(out), err
	}
	must := func(script string) {
		t.Helper()
		if out, err := bash(script, env); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// Each side says which one it is; the judge writes down its arguments.
	must(`set -e
git init -q -b main . && mkdir -p cmd/ratebench action/cmd/ratebench
printf 'module example.org/x\n' >go.mod && cp go.mod action/
printf 'package main\nfunc main() { print("old") }\n' >cmd/ratebench/main.go
git add cmd go.mod && git commit -qm old
printf 'package main\nfunc main() { print("new") }\n' >cmd/ratebench/main.go
printf 'package main\nimport ("fmt"; "os")\nfunc main() { for _, a := range os.Args[1:] { fmt.Printf("%%s\\x00", a) }; os.Exit(3) }\n' >action/cmd/ratebench/main.go`)
	build, compare := a.Runs.Steps[1], a.Runs.Steps[2]
	if build.ID != "build" || compare.Name != "Compare" {
		t.Fatal("the steps have another order")
	}
	sides := append(env, "RB_PACKAGE=./cmd/ratebench", "RB_VERSION=", "RB_ACTION="+filepath.Join(repo, "action"))
	for _, c := range []struct{ base, head, want string }{
		{"", "", "base is empty"},
		{strings.Repeat("0", 40), "", "base is empty"},
		{"--upload-pack=touch pwned", "", "begins with a dash"},
		{"main", "-x", "begins with a dash"},
		{"$(touch pwned)", "", "fatal"},
		{"main; touch pwned", "", "fatal"},
	} {
		out, err := bash(build.Run, append(sides, "RB_BASE="+c.base, "RB_HEAD="+c.head))
		if err == nil || !strings.Contains(out, c.want) {
			t.Errorf("base %q, head %q: %v\n%s", c.base, c.head, err, out)
		}
	}
	if err := os.Remove(filepath.Join(temp, "output")); err != nil {
		t.Fatal(err)
	}
	if out, err := bash(build.Run, append(sides, "RB_BASE=main", "RB_HEAD=")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	output, err := os.ReadFile(filepath.Join(temp, "output"))
	if err != nil {
		t.Fatal(err)
	}
	work := strings.TrimPrefix(strings.TrimSpace(string(output)), "work=")
	for side, want := range map[string]string{"base": "old", "head": "new"} {
		if out, err := exec.CommandContext(t.Context(), filepath.Join(work, side)).CombinedOutput(); err != nil || string(out) != want {
			t.Errorf("%s: %v %s", side, err, out)
		}
	}
	if out, err := bash(build.Run, append(sides, "RB_PACKAGE=./none", "RB_BASE=main", "RB_HEAD=")); err == nil || !strings.Contains(out, "none") {
		t.Errorf("a build that fails: %v\n%s", err, out)
	}
	if out, _ := bash("git worktree list | wc -l", env); strings.TrimSpace(out) != "1" {
		t.Errorf("worktrees are left: %s", out)
	}
	// A program instead of a ref.
	must(`printf '#!/bin/sh\nprintf mine\n' >"my client" && chmod +x "my client"`)
	if out, err := bash(build.Run, append(sides, "RB_BASE=my client", "RB_HEAD=")); err != nil {
		t.Errorf("a program: %v\n%s", err, out)
	}

	scenario := `$(touch pwned) "it's" ; *.yaml`
	out, err := bash(compare.Run, append(env, "RB_WORK="+work, "RB_SCENARIO="+scenario, "RB_REPEATS=4", "RB_CLOCK=virtual",
		"RB_SET=repeats=2\n\ncontestants=[a, b]", "RB_FAIL_ON=goodput<-5%\n  \namplification>+10%\n"))
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 3 {
		t.Errorf("the verdict does not come through: %v\n%s", err, out)
	}
	got := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	want := []string{"compare", "--run", "--format=github", "--repeats=4", "--clock=virtual", "--out=" + work + "/results", "--set=repeats=2",
		"--set=contestants=[a, b]", "--fail-on=goodput<-5%", "--fail-on=amplification>+10%", "--", work + "/base", work + "/head", scenario}
	if !slices.Equal(got, want) {
		t.Errorf("ratebench is called with\n%q, want\n%q", got, want)
	}
	parses(t, "action.yml", got)
	if _, err := os.Stat(filepath.Join(repo, "pwned")); err == nil {
		t.Error("an input was run")
	}
}

// needs fails, or skips on Windows, if a program that developers have is missing.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if runtime.GOOS == "windows" {
				t.Skipf("%s is not installed", p)
			}
			t.Fatal(err)
		}
	}
}

// parses fails unless the real command line takes the arguments.
func parses(t *testing.T, where string, args []string) {
	t.Helper()
	parser, err := newParser(context.Background(), &streams{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%s: ratebench %q: %v", where, args, err)
	}
}

// words splits a line of shell as far as documentation goes: quotes, and no substitution.
func words(line string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`).FindAllString(line, -1) {
		if strings.HasPrefix(m, "#") || strings.HasPrefix(m, ">") {
			break
		}
		out = append(out, strings.NewReplacer(`"`, "", `'`, "").Replace(m))
	}
	return out
}

// Every command that the documentation shows is one.
func TestDocumentedCommandsParse(t *testing.T) {
	for _, doc := range []string{"ci.md", "live.md"} {
		found := regexp.MustCompile(`(?m)^ *(?:- |exec )?ratebench (.*)$`).FindAllStringSubmatch(fileOf(t, "docs", doc), -1)
		if len(found) < 2 {
			t.Errorf("%s shows %d commands", doc, len(found))
		}
		for _, m := range found {
			args := slices.DeleteFunc(words(m[1]), func(w string) bool { return w == "$@" })
			if strings.HasPrefix(args[0], "--") { // what a script appends to the arguments that it is given
				args = append([]string{"run", "storm"}, args...)
			}
			parses(t, doc, args)
		}
	}
}

// What docs/ci.md shows of other languages is well formed, and its thresholds are those of a scenario.
func TestDocumentedPipelines(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```(yaml|sh)\n(.*?)```").FindAllStringSubmatch(fileOf(t, "docs", "ci.md"), -1)
	seen := map[string]int{}
	for _, m := range blocks {
		kind, text := m[1], m[2]
		if kind == "sh" {
			seen["sh"]++
			wellFormed(t, text)
			continue
		}
		var tree map[string]any
		if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		switch {
		case tree["thresholds"] != nil:
			seen["thresholds"]++
			src, err := scenarios.Open("storm")
			if err != nil {
				t.Fatal(err)
			}
			src, _, _ = bytes.Cut(src, []byte("\nthresholds:"))
			if _, err := scenarios.Parse("docs/ci.md", append(append(src, '\n'), text...), nil); err != nil {
				t.Error(err)
			}
		case tree["jobs"] != nil:
			seen["github"]++
			a := readAction(t)
			steps := tree["jobs"].(map[string]any)["compare"].(map[string]any)["steps"].([]any)
			with := steps[len(steps)-1].(map[string]any)["with"].(map[string]any)
			for name := range with {
				if _, ok := a.Inputs[name]; !ok {
					t.Errorf("the action has no input %s", name)
				}
			}
		case tree["ratebench"] != nil:
			seen["gitlab"]++
			for _, line := range tree["ratebench"].(map[string]any)["script"].([]any) {
				wellFormed(t, line.(string))
			}
		default:
			t.Errorf("what is this?\n%s", text)
		}
	}
	if seen["sh"] != 3 || seen["thresholds"] != 1 || seen["github"] != 1 || seen["gitlab"] != 1 {
		t.Errorf("docs/ci.md shows %v", seen)
	}
}

func wellFormed(t *testing.T, script string) {
	t.Helper()
	needs(t, "bash")
	if out, err := exec.CommandContext(t.Context(), "bash", "-n", "-c", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, script)
	}
}

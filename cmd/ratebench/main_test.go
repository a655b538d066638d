package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == workerArg {
		work() // for tests that call run: its workers are this program again
	}
	testscript.Main(m, map[string]func(){"ratebench": main, "s3put": s3put})
}

// The scripts drive the real command line in a process of its own. Run with -update to rewrite their golden parts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Condition: func(name string) (bool, error) {
			if name != "race" {
				return false, fmt.Errorf("there is no condition %q", name)
			}
			return raceEnabled, nil
		},
		Setup: func(env *testscript.Env) error {
			root, err := filepath.Abs(filepath.Join("..", ".."))
			env.Setenv("ROOT", root)
			env.Setenv("TERM", "xterm")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // a second for each program, else
			env.Values[servedKey{}], env.Values[typistKey{}] = new(*served), new(*typist)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":      exits,
			"nonsense":   nonsense,
			"nest":       nest,
			"glob":       glob,
			"await":      await,
			"appears":    appears,
			"serve":      serveScript,
			"interrupt":  interruptScript,
			"get":        getScript,
			"newkey":     newKeyScript,
			"journaled":  journaledScript,
			"terminal":   terminalScript,
			"sees":       seesScript,
			"types":      typesScript,
			"ends":       endsScript,
			"hides":      hidesScript,
			"fits":       fitsScript,
			"secretless": secretlessScript,
			"archived":   archivedScript,
		},
	})
}

// exits CODE PROGRAM ARGS... runs a program and fails unless it ends with that exit code, or one of several as in 0|4. No panic may show.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if !slices.Contains(strings.Split(args[0], "|"), strconv.Itoa(got)) {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
	if out := ts.ReadFile("stderr"); strings.Contains(out, "goroutine ") {
		ts.Fatalf("a stack trace reached the user")
	}
}

// nonsense FILE BYTES writes text that is no scenario.
func nonsense(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%c: [%d, {\x20 &a *b ]%%\n", 'a'+i%26, i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()[:n]), 0o666))
}

// nest FILE LEVELS writes a YAML file of lists in lists.
func nest(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("a: "+strings.Repeat("[", n)+strings.Repeat("]", n)+"\n"), 0o666))
}

// glob PATTERN fails unless exactly one file matches.
func glob(ts *testscript.TestScript, neg bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%d files match %s, want 1", len(found), args[0])
	}
}

// appears PATTERN waits until a file matches. It polls, since another process makes it.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		found, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		if len(found) > 0 {
			return
		}
	}
	ts.Fatalf("no file matches %s within a minute", args[0])
}

// await FILE ROWS waits until a CSV file has that many rows below its header; with +ROWS, that many more than it has.
func await(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := strconv.Atoi(args[1])
	ts.Check(err)
	if strings.HasPrefix(args[1], "+") {
		rows += strings.Count(ts.ReadFile(args[0]), "\n") - 1
	}
	ts.Check(awaitRows(ts.MkAbs(args[0]), rows))
}

// awaitRows polls, since the file is written by a process or against a server that no fake clock reaches.
func awaitRows(file string, rows int) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(file)
		if err == nil && strings.Count(string(text), "\n") > rows {
			return nil
		}
	}
	return fmt.Errorf("%s did not get %d rows within a minute", file, rows)
}

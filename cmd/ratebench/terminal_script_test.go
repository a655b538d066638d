package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"github.com/mattn/go-runewidth"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/term"
)

// typist is a program on a terminal, and who sits before it.
//
// Note: testscript's own ttyin types all at once, before the program asks; what a prompt shows of it then says nothing.
type typist struct {
	cmd  *exec.Cmd
	tty  *os.File // the side of who types
	cols int
	was  *term.State
	over chan struct{}

	mu     sync.Mutex
	screen []byte // all that has been shown
	seen   int    // how much of it a script has looked for
}

// typistKey finds it in a script.
type typistKey struct{}

// terminalScript COLUMNSxROWS PROGRAM ARGS... starts a program on a terminal of its own.
func terminalScript(ts *testscript.TestScript, _ bool, args []string) {
	columns, rows, _ := strings.Cut(args[0], "x")
	x, err := strconv.ParseUint(columns, 10, 16)
	ts.Check(err)
	y, err := strconv.ParseUint(rows, 10, 16)
	ts.Check(err)
	t := &typist{cmd: exec.Command(findProgram(ts, args[1]), args[2:]...), cols: int(x), over: make(chan struct{})}
	t.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR", "TERM", "GORACE", "RATEBENCH_GHGA_WELL_KNOWN", "RATEBENCH_GHGA_KEY", "RATEBENCH_GHGA_WORK_PACKAGE"} {
		t.cmd.Env = append(t.cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(t.start(&pty.Winsize{Cols: uint16(x), Rows: uint16(y)}))
	go t.watch()
	ts.Defer(func() {
		_ = t.cmd.Process.Kill() // it may have ended
		<-t.over
		_ = t.cmd.Wait() // it may have been waited for
		_ = t.tty.Close()
	})
	*ts.Value(typistKey{}).(**typist) = t
}

// start opens the terminal, looks how it is, and only then starts the program, which may change it at once.
func (t *typist) start(size *pty.Winsize) error {
	tty, side, err := pty.Open()
	if err != nil {
		return err
	}
	defer side.Close() // the program has its own
	err = pty.Setsize(tty, size)
	if err == nil {
		t.was, err = term.GetState(int(tty.Fd()))
	}
	if err == nil {
		t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = side, side, side
		inSession(t.cmd)
		err = t.cmd.Start()
	}
	if err != nil {
		return errors.Join(err, tty.Close())
	}
	t.tty = tty
	return nil
}

// findProgram looks for a program where the script would.
func findProgram(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	ts.Fatalf("%s is not in PATH", name)
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// watch reads until all programs on the terminal have ended.
func (t *typist) watch() {
	defer close(t.over)
	buf := make([]byte, 4096)
	for {
		n, err := t.tty.Read(buf)
		t.mu.Lock()
		t.screen = append(t.screen, buf[:n]...)
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// shown is all that has been shown.
func (t *typist) shown() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.screen)
}

// sees takes what matches off what is still unseen. What is before it counts as seen.
func (t *typist) sees(pattern *regexp.Regexp) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := pattern.FindIndex(t.screen[t.seen:])
	if at == nil {
		return false
	}
	t.seen += at[1]
	return true
}

// seesScript PATTERN waits until a terminal shows something that it had not shown when the last such command ended.
func seesScript(ts *testscript.TestScript, _ bool, args []string) {
	t := *ts.Value(typistKey{}).(**typist)
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) { // another process writes it
		over := false
		select {
		case <-t.over:
			over = true
		default:
		}
		if t.sees(pattern) {
			return
		}
		if over {
			break
		}
	}
	ts.Fatalf("the terminal does not show %q; it shows\n%q", args[0], t.shown())
}

// typesScript TEXT types text with Go's escapes: \r for Enter, \x03 for Ctrl-C. With -file it types what a file holds, and Enter.
func typesScript(ts *testscript.TestScript, _ bool, args []string) {
	t := *ts.Value(typistKey{}).(**typist)
	var text string
	if args[0] == "-file" {
		text = strings.TrimSpace(ts.ReadFile(args[1])) + "\r"
	} else {
		var err error
		text, err = strconv.Unquote(`"` + args[0] + `"`)
		ts.Check(err)
	}
	_, err := t.tty.WriteString(text)
	ts.Check(err)
}

// endsScript CODE waits until the program has ended, and fails unless it ends with that exit code. All that the terminal has shown is stdout
// then. The terminal has to be as it was.
func endsScript(ts *testscript.TestScript, _ bool, args []string) {
	t := *ts.Value(typistKey{}).(**typist)
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	select {
	case <-t.over:
	case <-time.After(time.Minute):
		ts.Fatalf("it does not end; the terminal shows\n%q", t.shown())
	}
	err = t.cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		ts.Fatalf("%v", err)
	}
	_, err = io.WriteString(ts.Stdout(), t.shown())
	ts.Check(err)
	if is, err := term.GetState(int(t.tty.Fd())); err != nil || !reflect.DeepEqual(is, t.was) {
		ts.Fatalf("the terminal is not left as it was: %v", err)
	}
	if got := t.cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d; the terminal shows\n%q", got, want, t.shown())
	}
}

// escape is a sequence that moves the cursor, or clears.
var escape = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// fitsScript fails if a bar was wider than the terminal.
func fitsScript(ts *testscript.TestScript, _ bool, _ []string) {
	t := *ts.Value(typistKey{}).(**typist)
	for line := range strings.FieldsFuncSeq(escape.ReplaceAllString(t.shown(), "\n"), func(r rune) bool { return r == '\r' || r == '\n' }) {
		if w := runewidth.StringWidth(line); w > t.cols && strings.Contains(line, "% of") {
			ts.Fatalf("%q has %d columns on a terminal of %d", line, w, t.cols)
		}
	}
}

// hidesScript FILES... fails if the terminal has shown a piece of what is between the colons of one of the files.
func hidesScript(ts *testscript.TestScript, _ bool, args []string) {
	const piece = 7
	t := *ts.Value(typistKey{}).(**typist)
	for _, name := range args {
		for secret := range strings.SplitSeq(strings.TrimSpace(ts.ReadFile(name)), ":") {
			for from := 0; from+piece <= len(secret); from += piece {
				if strings.Contains(t.shown(), secret[from:from+piece]) {
					ts.Fatalf("the terminal shows a part of %s", name)
				}
			}
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ratebench/ratebench/report"
)

// measure runs both programs in turns, one repeat at a time: base and head, then head and base, and so on (ABBA), so that a machine that grows
// slow favours neither. Both get the same seeds, so that they meet the same faults. What has been measured stays in the folder.
func (c compareCmd) measure(ctx context.Context, io *streams) (base, head report.Side, err error) {
	if c.Scenario == "" {
		return base, head, usagef("--run needs two programs and a scenario: ratebench compare --run BASE HEAD SCENARIO")
	}
	if c.Grace <= 0 { // zero would be for ever
		return base, head, usagef("--grace %v is no time to end in: write 30s, say", c.Grace)
	}
	j, err := c.prepare(io)
	if err != nil {
		return base, head, err
	}
	ctx, stop := interruptible(ctx, io.err, j.killNow)
	defer stop()
	if !c.Quiet {
		fmt.Fprintf(io.err, "%s runs %d times with each program, in turns; results go to %s\n", j.name, j.repeats, j.out)
	}
	bar := newProgress(io.err, !c.Quiet && isTerminal(io.err), 2*j.repeats, 0, j.expected)
	defer bar.close()
	for i := range j.repeats {
		for turn := range 2 {
			side := (i + turn) % 2
			bar.begin(fmt.Sprintf("%s, repeat %d of %d", j.sides[side], i+1, j.repeats))
			if err := j.once(ctx, side, i); err != nil {
				return base, head, err
			}
			bar.end()
		}
	}
	if base, err = report.ReadSide(filepath.Join(j.out, j.sides[0])); err == nil {
		head, err = report.ReadSide(filepath.Join(j.out, j.sides[1]))
	}
	return base, head, err
}

// turns is a measurement of two programs.
type turns struct {
	sides    [2]string // their names, and those of their folders
	programs [2]string
	name     string // of the scenario
	file     string // as the programs get it
	flags    []string
	env      []string // nil: this program's
	seed     uint64
	repeats  int
	out      string
	grace    time.Duration
	expected time.Duration

	mu      sync.Mutex
	running *exec.Cmd // nil: none
}

// prepare refuses what can be refused before anything runs.
func (c compareCmd) prepare(in *streams) (*turns, error) {
	j := &turns{sides: [2]string{"base", "head"}, file: c.Scenario, flags: c.bothFlags.args(), out: c.Out, grace: c.Grace}
	for i, name := range []string{c.Base, c.Head} {
		path, err := exec.LookPath(name)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			return nil, usagef("the %s is no program: %w", j.sides[i], err)
		}
		j.programs[i] = path
	}
	flags := scenarioFlags{Scenario: c.Scenario, Set: c.Set, Repeats: c.Repeats, Seed: c.Seed}
	var src strings.Builder
	s, err := c.loadWith(flags, io.TeeReader(in.in, &src))
	if err != nil {
		return nil, err
	}
	j.name, j.seed, j.repeats = s.Name, s.Seed, s.Repeats
	if c.Repeats == nil && j.repeats == 1 {
		j.repeats = pairsByDefault
	}
	external, err := c.bothFlags.check(s)
	if err != nil {
		return nil, err
	}
	j.env = c.environ(external)
	j.expected = time.Duration(2*j.repeats) * s.Estimate().Time / time.Duration(max(1, s.Repeats))
	if j.out == "" {
		j.out = defaultOut(s.Name+"-compare", time.Now())
	}
	for _, side := range j.sides {
		if _, err := os.Lstat(filepath.Join(j.out, side)); err == nil {
			return nil, usagef("%s has a %s already: choose another folder with --out, or compare what is there: ratebench compare %s %s",
				j.out, side, quote(filepath.Join(j.out, "base")), quote(filepath.Join(j.out, "head")))
		}
	}
	for _, side := range j.sides {
		if err := os.MkdirAll(filepath.Join(j.out, side), 0o755); err != nil {
			return nil, fmt.Errorf("create the results folder: %w; choose another with --out", err)
		}
	}
	if c.Scenario == "-" { // each program reads it
		j.file = filepath.Join(j.out, "scenario.yaml")
		if err := os.WriteFile(j.file, []byte(src.String()), 0o644); err != nil {
			return nil, fmt.Errorf("keep the scenario: %w", err)
		}
	}
	return j, nil
}

// args are those of one run. Only flags that every version knows are given without need.
func (j *turns) args(side, repeat int) []string {
	args := append([]string{"run", j.file}, j.flags...)
	return append(args, "--repeats", "1", "--seed", strconv.FormatUint(j.seed+uint64(repeat), 10), "--quiet",
		"--out", j.dir(side, repeat))
}

// once runs one program once, and understands how it ended. A scenario's threshold that does not hold, or a run without a verdict of its own, is
// no matter here: what there is to compare stands in the folder. Neither is a run that failed since a trial did, as long as it went on to its
// end: what to make of such a trial is for the comparison to say.
func (j *turns) once(ctx context.Context, side, repeat int) error {
	if ctx.Err() != nil {
		return j.interrupted()
	}
	said := &tail{limit: 16 << 10}
	cmd := exec.CommandContext(ctx, j.programs[side], j.args(side, repeat)...)
	cmd.Stderr = said // the table is made again from the folder
	cmd.Env = j.env
	ownGroup(cmd)
	cmd.Cancel = func() error { return interruptGroup(cmd) }
	cmd.WaitDelay = j.grace
	err := j.wait(cmd)
	if ctx.Err() != nil {
		killGroup(cmd)
		return j.interrupted()
	}
	what := fmt.Sprintf("the %s in repeat %d", j.sides[side], repeat+1)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("running %s: %w", what, err)
	}
	switch code := cmd.ProcessState.ExitCode(); code {
	case exitPassed, exitThreshold, exitNoVerdict:
		return j.left(side, repeat, what, said)
	case exitUsage:
		return usagef("%s refused to run: %s", what, said)
	case exitInterrupted:
		return withExit(exitInterrupted, fmt.Errorf("%s was interrupted; %w", what, j.interrupted()))
	case exitFailed:
		if j.complete(side, repeat) {
			return nil
		}
		return j.broken(fmt.Errorf("%s failed: %s", what, said))
	default:
		return j.broken(fmt.Errorf("%s ended with %v: %s", what, cmd.ProcessState, said))
	}
}

func (j *turns) dir(side, repeat int) string {
	return filepath.Join(j.out, j.sides[side], fmt.Sprintf("%03d", repeat+1))
}

// left looks whether a program that ended well has left a run. Where it has not, it would not the next time either.
func (j *turns) left(side, repeat int, what string, said *tail) error {
	s, err := report.ReadSide(j.dir(side, repeat))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return j.broken(fmt.Errorf("%s left results that cannot be read: %w", what, err))
	}
	if len(s.Runs) == 0 {
		return withExit(exitNoVerdict, j.broken(fmt.Errorf("%s left no results in %s: the program has to take the arguments of ratebench run; %s",
			what, j.dir(side, repeat), said)))
	}
	return nil
}

// complete reports whether a run has all the trials that it was to have, however they ended.
func (j *turns) complete(side, repeat int) bool {
	s, err := report.ReadSide(j.dir(side, repeat))
	if err != nil || len(s.Runs) != 1 {
		return false
	}
	r := s.Runs[0]
	return r.Manifest.Trials > 0 && len(r.Trials) >= r.Manifest.Trials
}

// broken adds to what has stopped a measurement how to go on with what there is, if there is something on both sides.
func (j *turns) broken(err error) error {
	if !j.both() {
		return err
	}
	return fmt.Errorf("%w; %s", err, j.again())
}

// both says whether there is something to compare.
func (j *turns) both() bool {
	for _, side := range j.sides {
		if s, err := report.ReadSide(filepath.Join(j.out, side)); err != nil || len(s.Runs) == 0 {
			return false
		}
	}
	return true
}

func (j *turns) wait(cmd *exec.Cmd) error {
	j.mu.Lock()
	err := cmd.Start()
	if err == nil {
		j.running = cmd
	}
	j.mu.Unlock()
	if err != nil {
		return err
	}
	err = cmd.Wait()
	j.mu.Lock()
	j.running = nil
	j.mu.Unlock()
	return err
}

// killNow ends the program under way, when the user is not willing to wait.
func (j *turns) killNow() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.running != nil {
		killGroup(j.running)
	}
}

func (j *turns) interrupted() error {
	if !j.both() {
		return withExit(exitInterrupted, fmt.Errorf("interrupted before there was anything to compare; start again with another --out than %s", quote(j.out)))
	}
	return withExit(exitInterrupted, fmt.Errorf("interrupted; %s", j.again()))
}

// again says how to compare what there is.
func (j *turns) again() string {
	return fmt.Sprintf("compare what has been measured with: ratebench compare %s %s",
		quote(filepath.Join(j.out, j.sides[0])), quote(filepath.Join(j.out, j.sides[1])))
}

// tail keeps the end of what a program says. The zero value keeps nothing.
type tail struct {
	limit int
	text  []byte
	cut   bool
}

func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b...)
	if over := len(t.text) - t.limit; over > 0 {
		t.text, t.cut = append(t.text[:0], t.text[over:]...), true
	}
	return len(b), nil
}

// String is what was said, or that nothing was.
func (t *tail) String() string {
	s := strings.TrimSpace(strings.ToValidUTF8(string(t.text), "?"))
	if s == "" {
		return "it said nothing"
	}
	if t.cut {
		return "… " + s
	}
	return s
}

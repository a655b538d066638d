package blackbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/workloads"
)

// Config is what a contestant is made from.
type Config struct {
	Name    string // in results
	Command string // for the shell
	Files   *Files
	// Logs is the folder for what it prints: <name>-<trial>.log.
	Logs string
	// ObjectSize is in bytes. Objects is per client; zero: as many as fit into Duration.
	ObjectSize int64
	Objects    int
	Duration   time.Duration
	Clients    int
}

// Contestant is a program of its own; it is a runner.ForeignContestant, and safe for concurrent use.
type Contestant struct {
	config Config

	mu     sync.Mutex
	runs   int
	failed int
	last   string         // how the last one that failed ended, and where its output is
	trials map[int]*tally // by ordinal
}

// tally is how often the program was run in a trial, and how often the shell could not start it.
type tally struct{ runs, missing int }

// New makes a contestant.
func New(c Config) *Contestant { return &Contestant{config: c} }

// Name implements runner.Contestant.
func (c *Contestant) Name() string { return c.config.Name }

// Foreign implements runner.ForeignContestant.
func (c *Contestant) Foreign() {}

// Failures says how many runs of the program did not end with exit status 0, and why the last did not; empty: none. Those
// that were killed because the trial was over do not count; those do that the trial's timeout has killed.
func (c *Contestant) Failures() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %d of %d runs of the command failed; the last: %s", c.config.Name, c.failed, c.runs, c.last)
}

// Missing says in which trial the program could not be started for any object; nil: there is none. By the shell's
// convention exit status 127 is a command that was not found, and 126 one that cannot be executed.
func (c *Contestant) Missing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(c.trials)) {
		if t := c.trials[n]; t.runs > 0 && t.runs == t.missing {
			return fmt.Errorf("%s: the command could not be started for any of the %d objects of trial %d: is it installed, executable and spelled right? "+
				"The last: %s", c.config.Name, t.runs, n, c.last)
		}
	}
	return nil
}

// Useless says that the program was run and never ended with exit status 0; nil: it did, or was not run.
func (c *Contestant) Useless() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs == 0 || c.failed < c.runs {
		return nil
	}
	return fmt.Errorf("%s: the command has not uploaded a single object, and was run %d×; the last: %s", c.config.Name, c.runs, c.last)
}

// Uploader implements runner.SDKContestant. Files are ready when it returns, so that none is written while the clock runs.
func (c *Contestant) Uploader(cl runner.Client) (runner.Uploader, error) {
	objects := c.config.Objects * c.config.Clients
	if objects == 0 {
		objects = 1 << 30
	}
	if err := c.config.Files.prepare(objects, c.config.ObjectSize); err != nil {
		return nil, err
	}
	u := &uploader{of: c, client: cl, log: filepath.Join(c.config.Logs, fmt.Sprintf("%s-%d.log", fileName(c.config.Name), cl.Trial.Ordinal))}
	if cl.Ordinal == 0 { // the first of the trial; an interrupted run may have left one
		if err := os.WriteFile(u.log, nil, 0o644); err != nil {
			return nil, fmt.Errorf("the log of %s: %w", c.config.Name, err)
		}
	}
	return u, nil
}

type uploader struct {
	of     *Contestant
	client runner.Client
	log    string
}

// Upload implements runner.Uploader: it runs the program for one object.
func (u *uploader) Upload(ctx context.Context, o runner.Object) (runner.Receipt, error) {
	c := u.of.config
	file, err := c.Files.link(u.client.Trial.Ordinal, o.Ordinal)
	if err != nil {
		return runner.Receipt{}, err
	}
	defer func() { _ = os.Remove(file) }() // the folder goes at the end
	log, err := os.OpenFile(u.log, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return runner.Receipt{}, fmt.Errorf("the log of %s: %w", c.Name, err)
	}
	defer log.Close()
	r := NewRedactor(os.Environ(), u.client.S3.SecretKey)
	out := r.Writer(log)
	fmt.Fprintf(out, "--- object %d: %s\n", o.Ordinal, c.Command)
	start := time.Now()
	err = run(ctx, c.Command, environ(os.Environ(), u.vars(o, file)), out)
	fmt.Fprintf(out, "--- object %d: %s after %v\n", o.Ordinal, ending(err), time.Since(start).Round(time.Millisecond))
	err = errors.Join(err, out.Close())
	u.of.note(ctx, u.client.Trial.Ordinal, err, u.log)
	return runner.Receipt{}, err
}

// note counts how runs ended, but those that the trial's end or an interrupt has stopped.
func (c *Contestant) note(ctx context.Context, trial int, err error, log string) {
	if ctx.Err() != nil && context.Cause(ctx) != runner.ErrTimeout {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trials == nil {
		c.trials = map[int]*tally{}
	}
	t := c.trials[trial]
	if t == nil {
		t = new(tally)
		c.trials[trial] = t
	}
	c.runs++
	t.runs++
	if err == nil {
		return
	}
	c.failed++
	c.last = ending(err) + ", see " + log
	if e, ok := errors.AsType[*exec.ExitError](err); ok && (e.ExitCode() == 126 || e.ExitCode() == 127) {
		t.missing++
	}
}

// ending says how a program ended.
func ending(err error) string {
	if err == nil {
		return "exit status 0"
	}
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.Error()
	}
	return err.Error()
}

var _ runner.ForeignContestant = (*Contestant)(nil)

// Files are what programs are given to upload: one file for each content that the workload's objects have, in a temporary
// folder. Its methods are safe for concurrent use.
type Files struct {
	dir  string
	seed uint64

	mu   sync.Mutex
	made map[int]bool // by variant
}

// NewFiles makes the folder. The seed is the workload's.
func NewFiles(seed uint64) (*Files, error) {
	dir, err := os.MkdirTemp("", "ratebench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the files to upload: %w", err)
	}
	return &Files{dir: dir, seed: seed, made: map[int]bool{}}, nil
}

// Close removes them.
func (f *Files) Close() error {
	if f == nil {
		return nil
	}
	return os.RemoveAll(f.dir)
}

// prepare writes the contents of so many objects.
func (f *Files) prepare(objects int, size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := 1; n <= objects && !f.made[workloads.Variant(n)]; n++ {
		if err := write(f.content(n), workloads.Content(f.seed, n), size); err != nil {
			return err
		}
		f.made[workloads.Variant(n)] = true
	}
	return nil
}

func (f *Files) content(ordinal int) string {
	return filepath.Join(f.dir, fmt.Sprintf("content-%d", workloads.Variant(ordinal)))
}

// link gives an object's content the object's name.
func (f *Files) link(trial, ordinal int) (string, error) {
	dir := filepath.Join(f.dir, fmt.Sprintf("trial-%d", trial))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("a folder for the file to upload: %w", err)
	}
	name := filepath.Join(dir, fmt.Sprintf("object-%d", ordinal))
	if err := os.Link(f.content(ordinal), name); err != nil {
		if err := duplicate(f.content(ordinal), name); err != nil { // a file system without links
			return "", err
		}
	}
	return name, nil
}

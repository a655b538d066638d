package virtual

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/ratebench/ratebench/internal/runner"
)

// Pool is a number of worker processes. Its methods are safe for concurrent use.
type Pool struct {
	job  []byte
	args []string
	tmp  string // where they put what they keep on disk, so that one that was killed leaves nothing

	mu   sync.Mutex
	idle []*worker
}

// NewPool makes a pool whose workers are this program, started with an argument that makes it a worker. Workers are started
// when there is work for them. Each uses one processor: virtual time moves one step after another, and waking a second
// processor for every step makes a fleet slower by a fifth.
func NewPool(job Job, arg string) (*Pool, error) {
	raw, err := json.Marshal(job)
	if err != nil {
		return nil, fmt.Errorf("preparing the workers: %w", err)
	}
	tmp, err := os.MkdirTemp("", "ratebench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the workers: %w", err)
	}
	return &Pool{job: raw, args: []string{os.Args[0], arg}, tmp: tmp}, nil
}

// Trial runs a trial in a worker. When ctx ends, the worker is killed; then the outcome means nothing.
func (p *Pool) Trial(ctx context.Context, t runner.Trial) *runner.Outcome {
	w, err := p.get()
	if err != nil {
		return runner.Failed(t, err)
	}
	stop := context.AfterFunc(ctx, w.kill)
	out, err := w.trial(t)
	stop()
	switch {
	case err == nil && ctx.Err() == nil && out.Stacks == "":
		p.put(w)
		return out
	case err == nil:
		_ = w.end()
		return out
	}
	_ = w.end() // how it ended says less than what it wrote
	failed := runner.Failed(t, w.reason(err))
	failed.Stacks = w.stderr.String()
	return failed
}

func (p *Pool) get() (*worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	return p.start()
}

func (p *Pool) put(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
}

// Close ends the workers, none of which may be running a trial.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, w := range p.idle {
		errs = append(errs, w.end())
	}
	p.idle = nil
	return errors.Join(append(errs, os.RemoveAll(p.tmp))...)
}

// worker is one process.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *json.Decoder
	stderr head
}

func (p *Pool) start() (*worker, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program, to start it again: %w", err)
	}
	w := &worker{cmd: &exec.Cmd{Path: exe, Args: p.args}}
	w.cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "TMPDIR="+p.tmp)
	w.cmd.Stderr = &w.stderr
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	w.out = json.NewDecoder(bufio.NewReaderSize(out, 1<<20))
	if _, err := w.in.Write(append(p.job, '\n')); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a worker: %w", err), w.end())
	}
	return w, nil
}

func (w *worker) trial(t runner.Trial) (*runner.Outcome, error) {
	if err := json.NewEncoder(w.in).Encode(t); err != nil {
		return nil, err
	}
	out := new(runner.Outcome)
	return out, w.out.Decode(out)
}

func (w *worker) kill() { _ = w.cmd.Process.Kill() } // it may have ended

// end waits for a worker that has nothing to do any more.
func (w *worker) end() error {
	_ = w.in.Close() // it may have closed the other end
	return w.cmd.Wait()
}

// reason is why a worker has ended before its trial had.
func (w *worker) reason(err error) error {
	for line := range strings.Lines(w.stderr.String()) {
		line = strings.TrimSpace(line)
		for _, p := range []string{"panic: ", "fatal error: ", "runtime: out of memory", "WARNING: DATA RACE"} {
			if strings.HasPrefix(line, p) {
				return fmt.Errorf("the worker crashed: %s", line)
			}
		}
	}
	if text := strings.TrimSpace(w.stderr.String()); text != "" && len(text) < 1000 {
		return errors.New(text)
	}
	return fmt.Errorf("the worker ended before its trial did (%w): it was killed, or ran out of memory", err)
}

// head keeps the first bytes that are written: a crash begins with what went wrong.
type head struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buf.Write(p[:min(len(p), max(0, maxStacks-h.buf.Len()))])
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

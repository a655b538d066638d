package virtual

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

// Job is what a worker is told before its first trial.
type Job struct {
	File   string // of the scenario, for messages
	Source []byte
	Set    []string      // overrides
	Stall  time.Duration // real time without progress after which a trial is given up
}

// Build turns a job into what runs its trials, and says how much virtual time one may take in all.
type Build func(Job) (run func(ctx context.Context, t runner.Trial) *runner.Outcome, limit time.Duration, err error)

// Work is a worker's life: it runs the trials that come in until the input ends, and returns the exit code of its
// process.
func Work(t *testing.T, in io.Reader, out io.Writer, build Build) int {
	requests, answers := json.NewDecoder(in), json.NewEncoder(out)
	var job Job
	if err := requests.Decode(&job); err != nil {
		fmt.Fprintf(os.Stderr, "reading the job: %v\n", err)
		return 1
	}
	run, limit, err := build(job)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		var trial runner.Trial
		if err := requests.Decode(&trial); err != nil {
			return 0 // there is no more to do
		}
		outcome, clean := Bubble(t, trial, run, bubble.Limits{Virtual: limit, Stall: job.Stall, Stuck: func(s *bubble.StuckError) {
			// Whatever runs in the bubble, it must not answer as well.
			_ = answers.Encode(stuck(runner.Failed(trial, s), s))
			os.Exit(0)
		}})
		if err := answers.Encode(outcome); err != nil {
			fmt.Fprintf(os.Stderr, "handing over a trial: %v\n", err)
			return 1
		}
		if !clean {
			return 0 // and leave what hangs behind
		}
	}
}

// Bubble runs one trial in a bubble of its own. It is clean if nothing is left of it.
func Bubble(t *testing.T, trial runner.Trial, run func(context.Context, runner.Trial) *runner.Outcome, l bubble.Limits) (o *runner.Outcome, clean bool) {
	err := bubble.Run(t, l, func() { o = run(context.Background(), trial) })
	if err == nil {
		return o, true
	}
	if o == nil {
		o = runner.Failed(trial, err)
	}
	o.Row.Status, o.Row.Problem = record.TrialFailed, cmp.Or(o.Row.Problem, err.Error())
	var s *bubble.StuckError
	if errors.As(err, &s) {
		o = stuck(o, s)
	}
	return o, false
}

// stuck adds the goroutines to an outcome.
func stuck(o *runner.Outcome, s *bubble.StuckError) *runner.Outcome {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.Reason)
	for _, g := range slices.All(s.Goroutines) {
		fmt.Fprintf(&b, "\n[%s]\n%s\n", g.State, g.Stack)
		if b.Len() > maxStacks {
			fmt.Fprintf(&b, "\n... and more\n")
			break
		}
	}
	o.Stacks = b.String()
	return o
}

// maxStacks bounds the file of a trial's goroutines, in bytes.
const maxStacks = 1 << 20

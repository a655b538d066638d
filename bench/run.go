package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// Config is everything that a run needs. It says nothing about faults and strategies: the runner knows neither.
type Config struct {
	Plan *Plan
	// Contestants by their names in results.
	Contestants map[string]Contestant
	Workload    Workload
	Clients     int // per trial
	// Open brings up the server side of a trial.
	Open func(ctx context.Context, t Trial) (Target, error)
	// Bound is the goodput in MiB/s that quota and link allow a trial; ok is false if nothing bounds it. May be nil.
	Bound func(t Trial) (mibPerSecond float64, ok bool)
	// WarmUp is the time at the start of each trial that does not count.
	WarmUp time.Duration
	// Timeout is the longest a trial's clock may run. Zero: no limit.
	Timeout time.Duration
	Folder  *record.Folder
	// Finished holds the trials that an interrupted run has already done, by ordinal.
	Finished map[int]record.Trial
	// Progress is told when a trial begins and when it has ended. May be nil.
	Progress func(Event)
}

// Event is a step of a run. Row is nil when the trial begins.
type Event struct {
	Trial Trial
	Row   *record.Trial
}

// ErrTrial says that a run went through, but that trials of it failed or are invalid; their rows say why.
var ErrTrial = errors.New("trials failed")

// errOpen says that the server side of a trial did not come up.
var errOpen = errors.New("bringing the server side up")

// maxOpenFailures is how often in a row the server side may fail to come up before the run gives in.
const maxOpenFailures = 2

// Run carries a plan out, one trial at a time, and writes each trial's rows when it has ended. When ctx is cancelled it
// drops the trial under way, keeps the rows of the others and returns the context's cause. Trials that fail do not end
// the run: it goes on and returns an error that wraps ErrTrial. A folder that cannot be written to ends it at once.
func Run(ctx context.Context, c Config) error {
	oracle := map[cell]float64{}
	for _, row := range c.Finished {
		noteOracle(oracle, c.Plan, row)
	}
	bad, down := 0, 0
	var first string
	for _, t := range c.Plan.Trials {
		if row, done := c.Finished[t.Ordinal]; done {
			if row.Status != record.TrialOK {
				bad++
				first = cmp.Or(first, failure(t, row))
			}
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.tell(Event{Trial: t})
		out, err := runTrial(ctx, c, t, oracle[t.cell()])
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			out = failedTrial(t, err)
		}
		if errors.Is(err, errOpen) {
			down++
		} else {
			down = 0
		}
		if err := out.write(c.Folder); err != nil {
			return err
		}
		noteOracle(oracle, c.Plan, out.row)
		c.tell(Event{Trial: t, Row: &out.row})
		if out.row.Status != record.TrialOK {
			bad++
			first = cmp.Or(first, failure(t, out.row))
		}
		if down >= maxOpenFailures {
			return fmt.Errorf("%w: the server side did not come up %d times in a row, so the run ends here: %w", ErrTrial, down, err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%w: %d of %d; the first: %s", ErrTrial, bad, len(c.Plan.Trials), first)
	}
	return nil
}

func failure(t Trial, row record.Trial) string {
	return fmt.Sprintf("trial %d (%s): %s", t.Ordinal, t.Contestant, row.Problem)
}

func (c Config) tell(e Event) {
	if c.Progress != nil {
		c.Progress(e)
	}
}

// cell is where an oracle's goodput is comparable: the same point of the grid and the same seed.
type cell struct {
	partSize            int64
	concurrency, repeat int
}

func (t Trial) cell() cell { return cell{t.PartSize, t.Concurrency, t.Repeat} }

func noteOracle(to map[cell]float64, p *Plan, row record.Trial) {
	if n := row.Trial - 1; n >= 0 && n < len(p.Trials) && p.Trials[n].Oracle && row.Status == record.TrialOK {
		to[p.Trials[n].cell()] = row.GoodputMiBs
	}
}

// outcome is what a trial leaves.
type outcome struct {
	row      record.Trial
	attempts []record.Attempt
	ledger   []record.LedgerRow
	timeline []record.Tick
}

// failedTrial is the row of a trial whose server side did not come up.
func failedTrial(t Trial, err error) *outcome {
	return &outcome{row: record.Trial{
		Trial: t.Ordinal, Contestant: t.Contestant, PartSize: t.PartSize, Concurrency: t.Concurrency,
		Repeat: t.Repeat, Seed: t.Seed, Status: record.TrialFailed, Problem: err.Error(),
	}}
}

// write appends the trial's rows. The row of trials.csv comes last: it says that the others are complete.
func (o *outcome) write(f *record.Folder) error {
	if err := f.AddAttempts(o.attempts); err != nil {
		return err
	}
	if err := f.AddLedger(o.ledger); err != nil {
		return err
	}
	if err := f.AddTimeline(o.timeline); err != nil {
		return err
	}
	return f.AddTrial(o.row)
}

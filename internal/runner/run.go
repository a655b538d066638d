package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// Config is everything that a run needs. It says nothing about faults and strategies: the runner knows neither.
type Config struct {
	Plan *Plan
	// Contestants by their names in results.
	Contestants map[string]Contestant
	Workload    Workload
	Clients     int // per trial
	// Wire wraps the connection pool of every client, below the recorder. Nil: it is left as it is.
	Wire func(http.RoundTripper) http.RoundTripper
	// Open brings up the server side of a trial.
	Open func(ctx context.Context, t Trial) (Target, error)
	// Bound is the goodput in MiB/s that quota and link allow a trial; ok is false if nothing bounds it. May be nil.
	Bound func(t Trial) (mibPerSecond float64, ok bool)
	// Phases are those of the scenario, in order.
	Phases []record.Phase
	// WarmUp is the time at the start of each trial that does not count.
	WarmUp time.Duration
	// Timeout is the longest a trial's clock may run. Zero: no limit.
	Timeout time.Duration
	// AttemptTimeout is how long a client waits for the answer to one attempt. Zero: for ever.
	AttemptTimeout time.Duration
	// Aggregate adds records up while they come and keeps none: for fleets whose uploads are single calls.
	Aggregate bool
	// Stagger holds every attempt back by a time from zero to this, which depends on the seed and the attempt's identity
	// alone: in virtual time things would happen in the same instant else, and chance would decide which comes first. Zero:
	// none.
	Stagger time.Duration
	// Virtual says that time is: then nothing can be said of how busy the machine was.
	Virtual bool
	// Trial runs a trial somewhere else, and Parallel is how many run at a time. Nil and zero: RunTrial, one at a time.
	Trial    func(ctx context.Context, t Trial) *Outcome
	Parallel int
	Folder   *record.Folder
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

// Run carries a plan out and writes each trial's rows when it has ended, in the order of the plan. When ctx is cancelled it
// drops the trials under way, keeps the rows of the others and returns the context's cause. Trials that fail do not end
// the run: it goes on and returns an error that wraps ErrTrial. A folder that cannot be written to ends it at once.
func Run(ctx context.Context, c Config) error {
	oracle := map[cell]float64{}
	for _, row := range c.Finished {
		noteOracle(oracle, c.Plan, row)
	}
	r := startTrials(ctx, c)
	defer r.wait()
	bad, down := 0, 0
	var first string
	for _, t := range c.Plan.Trials {
		row, done := c.Finished[t.Ordinal]
		if !done {
			out := r.next(ctx)
			if out == nil {
				return errors.Join(context.Cause(ctx), r.keep(oracle))
			}
			if out.Down {
				down++
			} else {
				down = 0
			}
			if err := c.write(out, oracle); err != nil {
				r.stop()
				return err
			}
			row = out.Row
			c.tell(Event{Trial: t, Row: &row})
			r.written()
		}
		if row.Status != record.TrialOK {
			bad++
			first = cmp.Or(first, failure(t, row))
		}
		if down >= maxOpenFailures {
			r.stop()
			return fmt.Errorf("%w: the server side did not come up %d times in a row, so the run ends here: %s", ErrTrial, down, row.Problem)
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

// Outcome is what a trial leaves.
type Outcome struct {
	Row      record.Trial
	Attempts []record.Attempt
	Ledger   []record.LedgerRow
	Timeline []record.Tick
	Phases   []record.PhaseRow
	Detail   *record.Detail // nil: there is nothing that is no number
	// Down says that the server side did not come up.
	Down bool
	// Stacks are the goroutines that kept a trial from ending, for a file of its own; empty: none did.
	Stacks string
}

// Failed is the outcome of a trial that did not take place, or of which nothing is left.
func Failed(t Trial, err error) *Outcome {
	return &Outcome{
		Row: record.Trial{
			Trial: t.Ordinal, Contestant: t.Contestant, PartSize: t.PartSize, Concurrency: t.Concurrency,
			Repeat: t.Repeat, Seed: t.Seed, Status: record.TrialFailed, Problem: err.Error(),
		},
		Down: errors.Is(err, errOpen),
	}
}

// write appends the trial's rows, with the efficiency that the oracle's goodput in its cell gives it. The row of
// trials.csv comes last: it says that the others are complete.
func (c Config) write(o *Outcome, oracle map[cell]float64) error {
	t := c.Plan.Trials[o.Row.Trial-1]
	if best := oracle[t.cell()]; best > 0 && !t.Oracle {
		metrics.Compare(&o.Row, best)
	}
	noteOracle(oracle, c.Plan, o.Row)
	if o.Stacks != "" {
		if err := c.Folder.WriteFile(fmt.Sprintf("trial-%d-goroutines.txt", t.Ordinal), []byte(o.Stacks)); err != nil {
			return err
		}
	}
	if err := c.Folder.AddAttempts(o.Attempts); err != nil {
		return err
	}
	if err := c.Folder.AddLedger(o.Ledger); err != nil {
		return err
	}
	if err := c.Folder.AddTimeline(o.Timeline); err != nil {
		return err
	}
	if err := c.Folder.AddPhases(o.Phases); err != nil {
		return err
	}
	if o.Detail != nil {
		if err := c.Folder.AddDetail(*o.Detail); err != nil {
			return err
		}
	}
	return c.Folder.AddTrial(o.Row)
}

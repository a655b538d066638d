package runner

import (
	"context"
	"sync"
)

// trials runs what a plan has left to do, several at a time if that is wanted, and hands the outcomes over in the order of
// the plan.
type trials struct {
	c       Config
	cancel  context.CancelFunc
	results []chan *Outcome // one outcome each; closed without one if the trial was dropped
	at      int             // the next to hand over
	slots   chan struct{}
	all     sync.WaitGroup
}

func startTrials(ctx context.Context, c Config) *trials {
	ctx, cancel := context.WithCancel(ctx)
	r := &trials{c: c, cancel: cancel, slots: make(chan struct{}, max(1, c.Parallel))}
	var todo []Trial
	for _, t := range c.Plan.Trials {
		if _, done := c.Finished[t.Ordinal]; !done {
			todo = append(todo, t)
			r.results = append(r.results, make(chan *Outcome, 1))
		}
	}
	r.all.Go(func() {
		for i, t := range todo {
			select {
			case r.slots <- struct{}{}:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				close(r.results[i])
				continue
			}
			c.tell(Event{Trial: t})
			r.all.Go(func() {
				defer close(r.results[i])
				out := c.run(ctx, t)
				if ctx.Err() == nil {
					r.results[i] <- out
				}
				if !r.alone() {
					<-r.slots
				}
			})
		}
	})
	return r
}

// alone says that trials run one at a time. Then nothing else goes on meanwhile: not even the writing of rows.
func (r *trials) alone() bool { return cap(r.slots) == 1 }

// next waits for the next outcome in the order of the plan; nil: its trial was dropped.
func (r *trials) next(ctx context.Context) *Outcome {
	out := <-r.results[r.at]
	if out == nil {
		return nil
	}
	r.at++
	return out
}

// written says that the rows of the trial that next returned are on disk.
func (r *trials) written() {
	if r.alone() {
		<-r.slots
	}
}

func (r *trials) stop() { r.cancel() }

// keep writes the outcomes of trials that ended although one before them was dropped. Those of a cell whose oracle has not
// ended are dropped too: their efficiency cannot be known.
func (r *trials) keep(oracle map[cell]float64) error {
	r.stop()
	for _, result := range r.results[r.at:] {
		if out := <-result; out != nil {
			t := r.c.Plan.Trials[out.Row.Trial-1]
			if _, known := oracle[t.cell()]; !known && !t.Oracle && r.c.Plan.hasOracle() {
				continue
			}
			if err := r.c.write(out, oracle); err != nil {
				return err
			}
			r.c.tell(Event{Trial: r.c.Plan.Trials[out.Row.Trial-1], Row: &out.Row})
		}
	}
	return nil
}

// wait returns when no trial is under way any more.
func (r *trials) wait() {
	r.cancel()
	r.all.Wait()
}

// run runs a trial here or elsewhere.
func (c Config) run(ctx context.Context, t Trial) *Outcome {
	if c.Trial != nil {
		return c.Trial(ctx, t)
	}
	out, err := RunTrial(ctx, c, t)
	if err != nil {
		return Failed(t, err)
	}
	return out
}

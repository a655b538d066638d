package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress is the bar on standard error: trials done, what runs now, time left. A nil progress shows nothing, so
// callers need not ask whether there is a terminal. Its methods are safe for concurrent use.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar

	mu    sync.Mutex
	now   string // the trial under way
	clock remaining
}

// newProgress shows a bar for total trials, done of which an earlier run has already done; expected is how long the
// others are planned to take. It returns nil where no bar is wanted.
func newProgress(w io.Writer, show bool, total, done int, expected time.Duration) *progress {
	if !show || total <= done {
		return nil
	}
	p := &progress{
		container: mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh()),
		clock:     remaining{trials: total - done, expected: expected, start: time.Now()},
	}
	p.bar = p.container.New(int64(total), mpb.BarStyle().Rbound("]").Lbound("["),
		mpb.BarWidth(24),
		mpb.BarRemoveOnComplete(), // the table follows; an old bar above it tells nothing
		mpb.BarFillerTrim(),       // the spaces are in the texts: where there is no room for the bar, its own go too
		mpb.PrependDecorators(decor.CountersNoUnit("trial %d/%d ")),
		mpb.AppendDecorators(decor.Any(p.text)),
	)
	p.bar.SetCurrent(int64(done))
	return p
}

// text is what stands behind the bar.
func (p *progress) text(decor.Statistics) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf(" %v left  %s", p.clock.left(time.Now()), p.now)
}

// begin shows what runs now, such as "exponential, 8MiB parts, 4 in flight".
func (p *progress) begin(trial string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = trial
}

// end counts one more trial as done.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.clock.end(time.Now())
	p.mu.Unlock() // before the bar is touched: it may be drawing, and then waits in text
	p.bar.Increment()
}

// close removes the bar and returns when nothing more will be drawn. It may be called at any point, after an error
// too: Wait alone would wait for ever for a bar that never became full.
func (p *progress) close() {
	if p == nil {
		return
	}
	p.bar.Abort(true)
	p.container.Wait()
}

// remaining foretells the time left: at first from the plan, then from the trials that have ended.
type remaining struct {
	trials   int           // to do in this run
	expected time.Duration // for all of them, by the plan
	start    time.Time
	ended    int
	lastEnd  time.Time
}

func (r *remaining) end(now time.Time) {
	r.ended++
	r.lastEnd = now
}

// left is rounded to seconds and never negative. It falls while a trial runs, not only when one ends.
func (r *remaining) left(now time.Time) time.Duration {
	since := r.start
	each := max(r.expected/time.Duration(r.trials), now.Sub(since)) // the plan knows nothing of faults
	if r.ended > 0 {
		each, since = r.lastEnd.Sub(r.start)/time.Duration(r.ended), r.lastEnd
	}
	current := max(0, each-now.Sub(since)) // of the trial under way; overdue ones are about to end
	if r.ended >= r.trials {
		return 0
	}
	return (current + each*time.Duration(r.trials-r.ended-1)).Round(time.Second)
}

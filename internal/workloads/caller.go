package workloads

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

// caller is one client. Between the calls of an open loop it is a timer and no goroutine: hundreds of thousands of sleeping
// goroutines would cost a stack each, and each wake-up a way through cold memory.
type caller struct {
	env    *runner.Env
	w      *Calls
	stack  http.RoundTripper
	client int
	offset func(object, part int) time.Duration
	to     string
	bucket string

	mu    sync.Mutex
	when  schedule
	n     int         // calls planned so far
	timer *time.Timer // of the next; nil: there is none
	over  bool
	open  *sync.WaitGroup
}

// plan sets the timer of the next call, if there is one before the end.
//
// Note: a WaitGroup for each client would be simpler, but in a bubble of testing/synctest each costs an entry in a list that
// the runtime searches from its start.
func (c *caller) plan(ctx context.Context, start time.Time, open *sync.WaitGroup) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	if c.over || c.all(n) {
		return
	}
	at, ok := c.when.next(n)
	if !ok {
		return
	}
	c.n++
	c.open = open
	open.Add(1)
	planned := start.Add(at)
	c.timer = time.AfterFunc(time.Until(planned), func() {
		defer open.Done()
		c.plan(ctx, start, open)
		c.call(ctx, n, planned)
	})
}

// stop lets no further call begin.
func (c *caller) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.timer != nil && c.timer.Stop() {
		c.open.Done()
	}
}

// all reports whether n are all the calls that the client has.
func (c *caller) all(n int) bool { return c.w.Objects > 0 && n >= c.w.Objects }

// work makes one call after the other, the first of them after a wait.
func (c *caller) work(ctx context.Context, first time.Duration) {
	hold(ctx, first)
	for ctx.Err() == nil {
		n, ok := c.take()
		if !ok {
			return
		}
		c.call(ctx, n, time.Now())
		hold(ctx, c.w.Think)
	}
}

// take numbers a worker's next call; not ok: there are no more.
func (c *caller) take() (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all(c.n) {
		return 0, false
	}
	c.n++
	return c.n - 1, true
}

// share spreads the workers of all clients over the time between two calls: the first begins at the client's phase, the
// others follow in steps of the golden ratio, which leaves no two close together however many there are.
func (c *caller) share(worker int) float64 {
	_, part := math.Modf(c.when.phase + float64(worker)*(math.Phi-1))
	return part
}

// call makes the nth call of the client. Its ordinal does not depend on how many calls the others get done.
func (c *caller) call(ctx context.Context, n int, planned time.Time) {
	ordinal := n*len(c.env.Clients) + c.client + 1
	what := Call{Method: http.MethodPut, Size: c.w.Size}
	if c.w.Pick != nil {
		what = c.w.Pick(c.env.Trial.Seed, ordinal)
	}
	o := runner.Object{Client: c.client, Ordinal: ordinal, Key: c.env.Target.Key(ordinal), Size: what.Size}
	receipt, err := c.send(ctx, o, what)
	if c.w.AsCame && what.Method == http.MethodGet {
		o.Size = receipt.Read
	}
	c.env.Report(runner.Upload{
		Object: o, Receipt: receipt, Planned: planned, Ended: time.Now(), Err: err,
		Call:   record.CallName(ops.Call(what.Method), ordinal, 0),
		CutOff: cutOff(ctx, err),
	})
}

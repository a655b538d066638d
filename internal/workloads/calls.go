package workloads

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// Calls lets every client make single HTTP calls: in an open loop at a rate, whether or not earlier ones have ended, or in a
// closed one, each worker after the end of its last. Which call is what depends on its number alone, so all contestants make
// the same, however many are under way.
type Calls struct {
	// Pick says what the call with an ordinal is, in a trial with this seed. Nil: a PUT of Size bytes.
	Pick func(seed uint64, ordinal int) Call
	Size int64 // bytes
	// Rate opens the loop: calls per second and client. In an open loop each client begins at a point of its own, from the
	// seed, so that the calls of all spread evenly. Zero: the loop is closed.
	Rate float64
	// Load makes the rate change. Empty: it does not.
	Load []LoadPoint
	// Poisson leaves the gaps between the calls of an open loop to chance, from the client's seed: they are exponential.
	Poisson bool
	// Think is how long a worker of a closed loop waits between the end of a call and its next. There are as many workers for
	// each client as the trial's concurrency says.
	Think time.Duration
	// Objects is the number of calls of each client. Zero: as many as come.
	Objects int
	// Duration ends the trial: nothing is started after it, and what is under way is cut off. Zero: when all Objects are done.
	Duration time.Duration
	// Zeros fills bodies with zeros. Without it, what the bytes are is left open: nobody looks at them.
	Zeros bool
	// AsCame lets a download be as long as the service makes it. Without it the size that was asked for counts.
	AsCame bool
}

// Call is what one call is.
type Call struct {
	Method string
	Size   int64 // bytes of the request's body, or of the answer's for a GET
	Key    bool  // an Idempotency-Key goes with it
}

// Run implements runner.Workload.
func (w *Calls) Run(ctx context.Context, env *runner.Env) error {
	contestant, ok := env.Contestant.(runner.StackContestant)
	if !ok {
		return fmt.Errorf("%s is an S3 SDK: it makes its own requests and cannot send calls", env.Contestant.Name())
	}
	due := newArrivals(w.Rate, w.Load, w.Duration)
	callers := make([]caller, len(env.Clients))
	for i, c := range env.Clients {
		when := schedule{of: due, phase: c.Rand.Float64()} // before the contestant draws, so that it is the same for all of them
		if w.Poisson {
			when.chance = rand.New(rand.NewPCG(c.Rand.Uint64(), c.Rand.Uint64()))
		}
		callers[i] = caller{
			env: env, w: w, when: when, stack: contestant.RoundTripper(c), client: c.Ordinal, offset: offset(c),
			to: c.S3.Endpoint.Host, bucket: "/" + c.S3.Bucket + "/",
		}
	}
	start := env.Begin()
	if w.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = runner.Until(ctx, start.Add(w.Duration))
		defer cancel()
	}
	if w.Rate > 0 {
		openLoop(ctx, start, callers)
	} else {
		closedLoop(ctx, env.Trial.Concurrency, callers)
	}
	return nil
}

// openLoop starts all calls when they are due, and waits for their ends.
func openLoop(ctx context.Context, start time.Time, callers []caller) {
	var open sync.WaitGroup // counts timers that are set, and calls under way
	for i := range callers {
		callers[i].plan(ctx, start, &open)
	}
	ended := make(chan struct{})
	go func() {
		open.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		for i := range callers {
			callers[i].stop()
		}
		<-ended
	}
}

// closedLoop lets every client have so many workers.
func closedLoop(ctx context.Context, workers int, callers []caller) {
	var all sync.WaitGroup
	for i := range callers {
		c := &callers[i]
		for n := range workers {
			first := c.offset(0, n) + time.Duration(c.share(n)*float64(c.w.Think))
			all.Go(func() { c.work(ctx, first) })
		}
	}
	all.Wait()
}

package workloads

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// Calls lets every client send single PUTs at a rate, whether or not earlier ones have ended. Each client begins at a point
// of its own, from the seed, so that the calls of all spread evenly.
type Calls struct {
	Size     int64         // bytes of each call's body
	Rate     float64       // calls per second and client
	Load     []LoadPoint   // makes the rate change; empty: it does not
	Duration time.Duration // nothing is started after it, and what is under way is cut off
}

// LoadPoint says by what the rate is multiplied at a time.
type LoadPoint struct {
	At    time.Duration
	Times float64
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
		phase := c.Rand.Float64() // before the contestant draws, so that it is the same for all of them
		callers[i] = caller{
			env: env, w: w, arrivals: due, stack: contestant.RoundTripper(c), client: c.Ordinal, phase: phase,
			to: c.S3.Endpoint.Host, bucket: "/" + c.S3.Bucket + "/",
		}
	}
	start := env.Begin()
	ctx, cancel := context.WithDeadlineCause(ctx, start.Add(w.Duration), errEnd)
	defer cancel()
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
	return nil
}

// caller is one client. Between its calls it is a timer and no goroutine: hundreds of thousands of sleeping goroutines would
// cost a stack each, and each wake-up a way through cold memory.
type caller struct {
	env      *runner.Env
	w        *Calls
	arrivals *arrivals
	stack    http.RoundTripper
	client   int
	phase    float64 // of its calls, from 0 to 1
	to       string
	bucket   string

	mu    sync.Mutex
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
	at, ok := c.arrivals.time(float64(n) + c.phase)
	if c.over || !ok {
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

// call makes the nth call of the client.
func (c *caller) call(ctx context.Context, n int, planned time.Time) {
	ordinal := n*len(c.env.Clients) + c.client + 1
	o := runner.Object{Client: c.client, Ordinal: ordinal, Key: c.env.Target.Key(ordinal), Size: c.w.Size}
	etag, err := c.send(ctx, o)
	c.env.Report(runner.Upload{
		Object: o, Receipt: runner.Receipt{ETag: etag}, Planned: planned, Ended: time.Now(), Err: err,
		Call:   record.CallName(ops.PutObject, ordinal, 0),
		CutOff: context.Cause(ctx) == errEnd && !answered(err),
	})
}

func (c *caller) send(ctx context.Context, o runner.Object) (etag string, err error) {
	req := (&http.Request{
		Method: http.MethodPut, URL: &url.URL{Scheme: "http", Host: c.to, Path: c.bucket + o.Key}, Host: c.to,
		Header: http.Header{}, ContentLength: o.Size, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: countedBody(o.Size), GetBody: func() (io.ReadCloser, error) { return countedBody(o.Size), nil },
	}).WithContext(ctx)
	resp, err := c.stack.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return "", &answerError{status: resp.StatusCode}
	}
	return strings.Clone(resp.Header.Get("ETag")), nil
}

// countedBody is a body of which only the size matters.
func countedBody(size int64) io.ReadCloser { return &countedReader{size} }

type countedReader struct{ left int64 }

func (r *countedReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), r.left)
	r.left -= n
	return int(n), nil
}

func (r *countedReader) Close() error { return nil }

// arrivals says when the calls of a client are due: its rate changes evenly between points.
type arrivals struct {
	pieces []piece
	end    float64 // seconds
}

// piece is a stretch of time: from a time on, by when so many calls have come, at a rate that grows by slope.
type piece struct {
	from, calls, rate, slope float64
}

func newArrivals(rate float64, load []LoadPoint, end time.Duration) *arrivals {
	a := &arrivals{end: end.Seconds()}
	if len(load) == 0 {
		load = []LoadPoint{{0, 1}}
	}
	if load[0].At > 0 { // before the first point it is as at that point
		load = append([]LoadPoint{{0, load[0].Times}}, load...)
	}
	calls := 0.0
	for i, p := range load {
		from, now := p.At.Seconds(), rate*p.Times
		q := piece{from: from, calls: calls, rate: now}
		if i+1 < len(load) {
			length := (load[i+1].At - p.At).Seconds()
			q.slope = rate * (load[i+1].Times - p.Times) / length
			calls += now*length + q.slope*length*length/2
		}
		a.pieces = append(a.pieces, q)
	}
	return a
}

// time is when so many calls have come; not ok: not before the end.
func (a *arrivals) time(calls float64) (time.Duration, bool) {
	i := len(a.pieces) - 1
	for i > 0 && a.pieces[i].calls > calls {
		i--
	}
	p := a.pieces[i]
	// Solve rate·x + slope·x²/2 = left for the least x, in the form that does not cancel.
	left := calls - p.calls
	root := math.Sqrt(max(0, p.rate*p.rate+2*p.slope*left))
	if p.rate+root <= 0 {
		return 0, left == 0 && p.from < a.end // nothing comes any more
	}
	at := p.from + 2*left/(p.rate+root)
	return time.Duration(at * float64(time.Second)), at < a.end
}

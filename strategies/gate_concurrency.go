package strategies

import (
	"math/rand/v2"
	"sync"
	"time"
)

// sample is what one attempt, or a window of them, tells about the right number of attempts in flight.
type sample struct {
	rtt      time.Duration // more than 0
	inFlight int           // attempts in flight when it was let through, itself included
	dropped  bool
}

// algorithm turns samples into a number of attempts in flight.
type algorithm interface {
	// next returns the limit after a sample, 1 at least.
	next(s sample, rnd *rand.Rand) int
}

// concurrency is the part that all limits of concurrency share: places that attempts wait for in the order in which they
// came, and whose number follows an algorithm.
//
// A success is a sample; an attempt of which the server says that it got too much, or that timed out, is a dropped one; all
// others say nothing, such as a 404, a connection that broke or a call that was cancelled.
type concurrency struct {
	mu    sync.Mutex
	slots slots
	begun map[*Call]int // attempts in flight when that of the call was let through
	sum   sampleWindow
}

func (g *concurrency) admit(now time.Time, c *Call, initial int, p patience) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(initial)
	v := g.slots.admit(now, c, p)
	if v.Go() {
		g.begun[c] = g.slots.used
	}
	return v
}

// done tells the algorithm. window is the time over which samples are put together; 0 or less: each goes by itself.
func (g *concurrency) done(now time.Time, c *Call, o Outcome, window time.Duration, a algorithm) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := sample{o.Took, g.begun[c], overloaded(o)}
	delete(g.begun, c)
	ok := o.Took > 0 && (s.dropped || o.Succeeded())
	if ok && window > 0 {
		s, ok = g.sum.add(now, s, window)
	}
	if ok {
		g.slots.limit = a.next(s, c.Rand)
	}
	g.slots.done()
}

func (g *concurrency) leave(c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slots.leave(c)
}

func (g *concurrency) limit(initial int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(initial)
	return g.slots.limit
}

func (g *concurrency) begin(initial int) {
	if g.begun == nil {
		g.begun = map[*Call]int{}
		g.slots.limit = max(1, initial)
	}
}

// overloaded reports whether an outcome says that the server has more to do than it can: it throttles, is unavailable, or did not
// answer in time.
func overloaded(o Outcome) bool {
	return o.Throttled() || o.Status == 503 || o.Status == 504 || o.Err != nil && KindOf(o.Err) == Timeout
}

// sampleWindow puts the samples of a window together: the mean time, the most attempts in flight, and whether any was
// dropped. Source: WindowedLimit and AverageSampleWindow of Netflix's concurrency-limits. A window with less than ten
// samples is thrown away there, so a client with few attempts per second stands still for ever; here it lasts until it has
// them.
type sampleWindow struct {
	ends   time.Time // zero: the tenth sample ends it
	n      int
	sum    time.Duration
	sample sample
}

// What a window asks of samples; the Java version's defaults.
const (
	windowSamples = 10
	windowLeast   = 100 * time.Microsecond // a sample that took less is ignored
)

// add returns the window as one sample when it has ended and has enough of them.
func (w *sampleWindow) add(now time.Time, s sample, window time.Duration) (sample, bool) {
	if s.rtt < windowLeast {
		return s, false
	}
	w.n++
	w.sum += s.rtt
	w.sample.inFlight = max(w.sample.inFlight, s.inFlight)
	w.sample.dropped = w.sample.dropped || s.dropped
	if !now.After(w.ends) || w.n < windowSamples {
		return s, false
	}
	whole := w.sample
	whole.rtt = w.sum / time.Duration(w.n)
	*w = sampleWindow{ends: now.Add(window)}
	return whole, true
}

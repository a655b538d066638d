package strategies

import (
	"sync"
	"time"
)

// Breaker is a circuit breaker, one for each Call.Key. It lets everything through until too much fails, then nothing for a
// while (open), then a few probes (half-open); when they succeed everything again, and when one fails it is open again.
//
// It opens on whatever of these is set and comes first: Failures failed attempts in a row; of at least MinCalls attempts in
// Window, a share of FailureRatio failed, or a share of SlowRatio took longer than Slow. If none is set, five failures in a
// row open it.
//
// A server that is one for many, such as S3 with its partitions, can fail for some of them; one breaker over all makes a
// partial failure a whole one. The key should name what fails together.
//
// What an attempt ended in counts only if it was sent after the last change of state, since what is older tells of a past
// that is known. A probe that has no result for as long as the breaker was open does not hold up the next one. Sources:
// resilience4j, Polly and gobreaker for the rules and their names; that a hint sets the time to be open is failsafe-go's.
//
// The zero value is ready. Fields must not change once it is in use.
type Breaker struct {
	Failures     int     // failed attempts in a row; 0 or less: not a reason
	FailureRatio float64 // share of failed attempts, from 0 to 1; 0 or less: not a reason
	SlowRatio    float64 // share of slow attempts, from 0 to 1; 0 or less, or without Slow: not a reason
	Slow         time.Duration
	MinCalls     int           // for the ratios; 0 or less: 20
	Window       time.Duration // for the ratios; 0 or less: 30 s

	// Open is how long it is open; 0 or less: 5 s. A hint (Retry-After) of a failed attempt that is longer goes before it, up to
	// MaxOpen; 0 or less: 5 minutes.
	Open, MaxOpen time.Duration
	// Probes is how many probes are sent at once when it is half-open, and must succeed; 0 or less: one.
	Probes int
	// Wait makes attempts wait while it is not closed, in the order in which they came: the first of them becomes the
	// probe, and the others learn of its result. Without it they are refused with ErrOpen.
	Wait bool
	// Failed decides what is a failure; nil: statuses from 500 on, what was throttled, and transport errors. An ending that
	// says nothing about the server, the zero Outcome, a cancelled call or a gate's refusal, is never asked about.
	Failed func(Outcome) bool
	// MaxKeys is how many keys are kept; 0 or less: 1000. Beyond it those used least recently are forgotten, and are closed
	// when they are seen again.
	MaxKeys int

	mu       sync.Mutex
	circuits keys[circuit]
}

// circuit is the breaker of one key.
type circuit struct {
	state   circuitState
	changed time.Time // when the state changed last
	until   time.Time // when it is no longer open, if it is
	open    time.Duration

	row    int // failures in a row
	counts rolling

	probes map[*Call]bool // in flight
	probed time.Time      // when the last one was sent
	good   int            // probes that succeeded
	queue  queue
}

type circuitState int

const (
	closed circuitState = iota
	open
	halfOpen
)

// Admit implements Gate.
func (g *Breaker) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.circuits.get(c.Key, orDefault(g.MaxKeys, 1000))
	k := &e.value
	w := k.queue.find(c)
	if k.state == open && !now.Before(k.until) {
		k.change(now, halfOpen)
	}
	first := w == k.queue.first // of those who wait, or there are none and c is no waiter
	if k.state == closed || k.state == halfOpen && first && k.mayProbe(now, g.probes()) {
		if k.state == halfOpen {
			k.probes[c] = true
			k.probed = now
		}
		if w != nil {
			k.queue.forget(w)
		} else {
			e.held++
		}
		if k.state == closed || k.mayProbe(now, g.probes()) {
			k.queue.wakeFirst()
		}
		return Verdict{}
	}
	at := k.until
	if k.state == halfOpen {
		at = k.probed.Add(k.open) // then the probe is given up
	}
	if !g.Wait {
		return Verdict{Err: &Refused{Gate: "circuit breaker", Why: ErrOpen, Until: at}}
	}
	if w == nil {
		w = k.queue.push(c)
		e.held++
	}
	if w != k.queue.first {
		return w.wait(now, 0) // it is woken when it comes to the front
	}
	return w.wait(now, max(at.Sub(now), 1))
}

// Done implements Gate.
func (g *Breaker) Done(now time.Time, c *Call, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.circuits.get(c.Key, orDefault(g.MaxKeys, 1000))
	e.held--
	k := &e.value
	says := o.Status != 0 || o.Err != nil && KindOf(o.Err) != Canceled && KindOf(o.Err) != Refusal
	failed := says && g.failed(o)
	switch k.state {
	case closed:
		if says && !now.Add(-o.Took).Before(k.changed) && g.trips(k, now, o, failed) {
			g.trip(k, now, o)
		}
	case open:
		delete(k.probes, c)
		if failed { // it may say that it takes longer
			k.until = later(k.until, now.Add(g.hinted(o)))
		}
	case halfOpen:
		probe := k.probes[c]
		delete(k.probes, c)
		switch {
		case !probe:
			return
		case failed:
			g.trip(k, now, o)
		case says:
			if k.good++; k.good >= g.probes() {
				k.change(now, closed)
			}
		}
		k.queue.wakeFirst()
	}
}

// Leave implements Leaver.
func (g *Breaker) Leave(_ time.Time, c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.circuits.get(c.Key, orDefault(g.MaxKeys, 1000))
	if w := e.value.queue.find(c); w != nil {
		first := w == e.value.queue.first
		e.value.queue.forget(w)
		e.held--
		if first {
			e.value.queue.wakeFirst()
		}
	}
}

// mayProbe reports whether a probe may be sent now: as long as fewer are in flight or have succeeded than are asked for, or
// if they take too long.
func (k *circuit) mayProbe(now time.Time, probes int) bool {
	return len(k.probes)+k.good < probes || !now.Before(k.probed.Add(k.open))
}

// change goes to another state, in which everything is counted afresh.
func (k *circuit) change(now time.Time, state circuitState) {
	k.state, k.changed = state, now
	k.row, k.good, k.counts = 0, 0, rolling{}
	k.probes = map[*Call]bool{}
}

// trip opens a circuit.
func (g *Breaker) trip(k *circuit, now time.Time, o Outcome) {
	k.change(now, open)
	k.open = max(orDefault(g.Open, 5*time.Second), g.hinted(o))
	k.until = now.Add(k.open)
}

// trips counts an attempt, and reports whether it opens the circuit.
func (g *Breaker) trips(k *circuit, now time.Time, o Outcome, failed bool) bool {
	window := orDefault(g.Window, 30*time.Second)
	t := k.counts.at(now, window)
	t.all++
	if failed {
		k.row++
		t.bad++
	} else {
		k.row = 0
	}
	slow := g.Slow > 0 && o.Took > g.Slow
	if slow {
		t.slow++
	}
	byRatio, bySlow := g.FailureRatio > 0, g.SlowRatio > 0 && g.Slow > 0
	row := g.Failures
	if row <= 0 && !byRatio && !bySlow {
		row = 5
	}
	if failed && row > 0 && k.row >= row {
		return true
	}
	if !byRatio && !bySlow || !failed && !slow {
		return false
	}
	sum := k.counts.total(now, window)
	return sum.all >= int64(orDefault(g.MinCalls, 20)) &&
		(byRatio && float64(sum.bad) >= g.FailureRatio*float64(sum.all) ||
			bySlow && float64(sum.slow) >= g.SlowRatio*float64(sum.all))
}

// hinted is how long a failed attempt's hint asks it to be open.
func (g *Breaker) hinted(o Outcome) time.Duration {
	if !o.Hint.Given {
		return 0
	}
	return min(max(o.Hint.After, 0), orDefault(g.MaxOpen, 5*time.Minute))
}

func (g *Breaker) probes() int { return orDefault(g.Probes, 1) }

func (g *Breaker) failed(o Outcome) bool {
	if g.Failed != nil {
		return g.Failed(o)
	}
	return o.Err != nil || o.Status >= 500 || o.Throttled()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

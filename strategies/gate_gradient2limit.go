package strategies

import (
	"math/rand/v2"
	"time"
)

// Gradient2Limit is a gate that bounds the attempts in flight by the gradient of their delay: the bound is multiplied by
// Tolerance·long/short, at least 0.5 and at most 1, where short is the time that attempts take now and long its moving
// average; then Queue is added, and the result is smoothed. A delay that stays becomes the normal one after a while.
//
// Source: Gradient2Limit of Netflix's concurrency-limits (Java, January 2026) with its numbers, under its WindowedLimit as its
// examples have it. As there, a dropped attempt is a sample like any other and only its time counts: this limit does not react to
// a server that refuses fast. Under a mild overload it drifts upward (issue 134 there).
//
// Dropped is what was throttled, a 503 or 504, and what timed out; a success is a sample; all else says nothing. Attempts
// beyond the bound wait in the order in which they came. The zero value begins with 20. Fields must not change once it is
// in use.
type Gradient2Limit struct {
	// Min, Initial and Max bound the bound; 0 or less: 20, 20 and 200. A client that must be able to yield further needs a
	// smaller Min.
	Min, Initial, Max int
	Smoothing         float64       // share of the new value in the bound, up to 1; other values and 0: 0.2
	Tolerance         float64       // factor from 1 on that the delay may grow by; less: 1.5
	Queue             int           // attempts that may queue at the server; 0: 4, negative: none
	LongWindow        int           // samples that the long average goes over; 0 or less: 600
	Window            time.Duration // over which samples are put together; 0: 1 s, negative: each goes by itself
	MaxQueue          int           // see Bulkhead
	MaxWait           time.Duration // see Bulkhead

	shared concurrency
	bound  float64 // 0: not begun
	long   movingAverage
}

// Admit implements Gate.
func (g *Gradient2Limit) Admit(now time.Time, c *Call) Verdict {
	return g.shared.admit(now, c, orDefault(g.Initial, 20), patience{"Gradient2 limit", g.MaxQueue, g.MaxWait})
}

// Done implements Gate.
func (g *Gradient2Limit) Done(now time.Time, c *Call, o Outcome) {
	window := g.Window
	if window == 0 {
		window = time.Second
	}
	g.shared.done(now, c, o, window, g)
}

// Leave implements Leaver.
func (g *Gradient2Limit) Leave(_ time.Time, c *Call) { g.shared.leave(c) }

// Limit returns how many attempts may be in flight at the moment.
func (g *Gradient2Limit) Limit() int { return g.shared.limit(orDefault(g.Initial, 20)) }

// next implements algorithm.
func (g *Gradient2Limit) next(s sample, _ *rand.Rand) int {
	if g.bound == 0 {
		g.bound = float64(g.shared.slots.limit)
	}
	short := float64(s.rtt)
	long := g.long.add(short, orDefault(g.LongWindow, 600))
	if long/short > 2 {
		g.long.value *= 0.95 // the load has gone: do not wait for the average to forget it
	}
	if float64(s.inFlight) < g.bound/2 {
		return int(g.bound) // the client does not use what it has
	}
	tolerance, smoothing, queue := g.Tolerance, g.Smoothing, g.Queue
	if !(tolerance >= 1) {
		tolerance = 1.5
	}
	if !(smoothing > 0 && smoothing <= 1) {
		smoothing = 0.2
	}
	if queue == 0 {
		queue = 4
	}
	gradient := max(0.5, min(1, tolerance*long/short))
	bound := g.bound*gradient + float64(max(0, queue))
	bound = g.bound*(1-smoothing) + bound*smoothing
	g.bound = max(float64(orDefault(g.Min, 20)), min(float64(orDefault(g.Max, 200)), bound))
	return int(g.bound)
}

// movingAverage is an exponential one, and the plain mean of its first ten values.
type movingAverage struct {
	value, sum float64
	n          int
}

func (m *movingAverage) add(v float64, over int) float64 {
	if m.n < 10 {
		m.n++
		m.sum += v
		m.value = m.sum / float64(m.n)
	} else {
		share := 2 / float64(over+1)
		m.value = m.value*(1-share) + v*share
	}
	return m.value
}

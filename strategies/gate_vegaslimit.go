package strategies

import (
	"math"
	"math/rand/v2"
	"time"
)

// VegasLimit is a gate that bounds the attempts in flight by their delay, after TCP Vegas: it compares the time that an
// attempt takes with that without load, which is the least one seen, and takes L·(1 − least/time) for the attempts that
// queue at the server, where L is the bound. Few of them let it grow, many let it fall, and a dropped attempt lets it fall
// too. After 15·L to 30·L samples the least time is measured anew.
//
// Source: VegasLimit of Netflix's concurrency-limits (Java, January 2026), with its numbers: with d = log₁₀ L, rounded down
// but at least 1, up to d in the queue add 6·d, less than 3·d add d, more than 6·d take d away. Two traps are taken over as
// well: the time of a dropped attempt counts as any other's, so fast refusals look like a server without load; and the
// least time can be taken anew under load, after which load looks normal (issue 165 there).
//
// The moment of measuring anew is drawn from Call.Rand; without one it is always after 22.5·L samples. Dropped is what was
// throttled, a 503 or 504, and what timed out; a success is a sample; all else says nothing. Attempts beyond the bound wait
// in the order in which they came. The zero value begins with 20. Fields must not change once it is in use.
type VegasLimit struct {
	Initial, Max int           // 0 or less: 20 and 1000
	Window       time.Duration // over which samples are put together; 0 or less: each goes by itself
	MaxQueue     int           // see Bulkhead
	MaxWait      time.Duration // see Bulkhead

	shared concurrency
	bound  float64 // 0: not begun
	least  time.Duration
	probe  float64 // 0.5 to 1: when to measure anew; 0: not drawn yet
	count  int     // samples since
}

// Admit implements Gate.
func (g *VegasLimit) Admit(now time.Time, c *Call) Verdict {
	return g.shared.admit(now, c, orDefault(g.Initial, 20), patience{"Vegas limit", g.MaxQueue, g.MaxWait})
}

// Done implements Gate.
func (g *VegasLimit) Done(now time.Time, c *Call, o Outcome) { g.shared.done(now, c, o, g.Window, g) }

// Leave implements Leaver.
func (g *VegasLimit) Leave(_ time.Time, c *Call) { g.shared.leave(c) }

// Limit returns how many attempts may be in flight at the moment.
func (g *VegasLimit) Limit() int { return g.shared.limit(orDefault(g.Initial, 20)) }

// next implements algorithm.
func (g *VegasLimit) next(s sample, rnd *rand.Rand) int {
	if g.bound == 0 {
		g.bound = float64(g.shared.slots.limit)
	}
	if g.probe == 0 {
		g.probe = probeAfter(rnd)
	}
	g.count++
	if 30*g.bound*g.probe <= float64(g.count) {
		g.probe, g.count, g.least = probeAfter(rnd), 0, s.rtt
	} else if g.least == 0 || s.rtt < g.least {
		g.least = s.rtt
	} else {
		g.bound = max(1, min(float64(orDefault(g.Max, 1000)), g.bound+g.step(s)))
	}
	return int(g.bound)
}

// step is by how much a sample moves the bound.
func (g *VegasLimit) step(s sample) float64 {
	d := math.Floor(math.Max(1, math.Log10(math.Floor(g.bound))))
	if g.bound >= 1000 {
		d = math.Floor(math.Sqrt(g.bound)) // as the Java version has it
	}
	queued := math.Ceil(g.bound * (1 - float64(g.least)/float64(s.rtt)))
	switch {
	case s.dropped:
		return -d
	case float64(s.inFlight*2) < g.bound:
		return 0 // the client does not use what it has
	case queued <= d:
		return 6 * d
	case queued < 3*d:
		return d
	case queued > 6*d:
		return -d
	}
	return 0
}

func probeAfter(rnd *rand.Rand) float64 {
	if rnd == nil {
		return 0.75
	}
	return 0.5 + rnd.Float64()/2
}

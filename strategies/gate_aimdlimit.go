package strategies

import (
	"math/rand/v2"
	"time"
)

// AIMDLimit is a gate that bounds the attempts in flight and looks for the bound by itself: a dropped attempt, or one that
// takes longer than Timeout, multiplies it by Cut; any other adds one, if at least half of the bound was in flight.
//
// Source: AIMDLimit of Netflix's concurrency-limits (Java, January 2026), with its numbers. As there, each dropped attempt
// counts, however many of them one burst brings.
//
// Dropped is what was throttled, a 503 or 504, and what timed out; a success is a sample; all else says nothing. Attempts
// beyond the bound wait in the order in which they came. The zero value begins with 20. Fields must not change once it is
// in use.
type AIMDLimit struct {
	Min, Initial, Max int           // 0 or less: 20, 20 and 200
	Cut               float64       // factor, from 0 to 1; other values and 0: 0.9
	Timeout           time.Duration // 0 or less: 5 s
	Window            time.Duration // over which samples are put together; 0 or less: each goes by itself
	MaxQueue          int           // see Bulkhead
	MaxWait           time.Duration // see Bulkhead

	shared concurrency
}

// Admit implements Gate.
func (g *AIMDLimit) Admit(now time.Time, c *Call) Verdict {
	return g.shared.admit(now, c, orDefault(g.Initial, 20), patience{"AIMD limit", g.MaxQueue, g.MaxWait})
}

// Done implements Gate.
func (g *AIMDLimit) Done(now time.Time, c *Call, o Outcome) { g.shared.done(now, c, o, g.Window, g) }

// Leave implements Leaver.
func (g *AIMDLimit) Leave(_ time.Time, c *Call) { g.shared.leave(c) }

// Limit returns how many attempts may be in flight at the moment.
func (g *AIMDLimit) Limit() int { return g.shared.limit(orDefault(g.Initial, 20)) }

// next implements algorithm.
func (g *AIMDLimit) next(s sample, _ *rand.Rand) int {
	limit := g.shared.slots.limit
	if s.dropped || s.rtt > orDefault(g.Timeout, 5*time.Second) {
		cut := g.Cut
		if !(cut > 0 && cut < 1) {
			cut = 0.9
		}
		limit = int(float64(limit) * cut)
	} else if s.inFlight*2 >= limit {
		limit++
	}
	return min(orDefault(g.Max, 200), max(orDefault(g.Min, 20), limit))
}

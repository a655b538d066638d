package strategies

import (
	"sync"
	"time"
)

// AIMDRate is a token bucket that looks for the right rate by itself: additive increase, multiplicative decrease. Each success adds
// Gain/rate, which comes to Gain more per second in each second in which the rate is used up; an attempt that the server throttles
// (Outcome.Throttled) multiplies the rate by Cut.
//
// What was sent before a cut cannot tell whether the cut was enough, so throttled attempts cut again only if they were sent
// after the last cut: one burst of 429 counts once, as a window with several losses does in TCP (RFC 5681, RFC 6582). A
// rate that is not used up does not grow, since nobody has seen whether the server would take more (compare RFC 7661).
//
// Attempts wait as those of a TokenBucket do. The zero value begins with 10 attempts per second. Fields must not change
// once it is in use.
type AIMDRate struct {
	Start   float64 // attempts per second at the beginning; 0 or less: 10
	Floor   float64 // the lowest rate; 0 or less: 0.5
	Ceiling float64 // the highest rate; 0 or less: none
	Gain    float64 // attempts per second that a second adds; 0 or less: 1
	Cut     float64 // factor, from 0 to 1; other values and 0: 0.5
	Burst   float64 // attempts after a rest; 0 or less: one
	// Interval is the least time between two cuts, on top of the rule above; 0: none.
	Interval time.Duration

	mu   sync.Mutex
	line line
	cut  time.Time // when the rate was cut last; zero: never
}

// Admit implements Gate.
func (g *AIMDRate) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(now)
	return g.line.admit(now, c, 1, "adaptive rate")
}

// Done implements Gate.
func (g *AIMDRate) Done(now time.Time, _ *Call, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(now)
	g.line.advance(now)
	rate := g.line.rate
	switch {
	case o.Throttled():
		if !g.cut.IsZero() && (!now.Add(-o.Took).After(g.cut) || now.Sub(g.cut) < g.Interval) {
			return
		}
		g.cut = now
		factor := g.Cut
		if !(factor > 0 && factor < 1) {
			factor = 0.5
		}
		rate *= factor
	case o.Succeeded() && g.line.level < g.line.burst:
		rate += orDefault(g.Gain, 1) / rate
	default:
		return
	}
	g.line.set(now, g.clamp(rate), g.line.burst)
}

// Leave implements Leaver.
func (g *AIMDRate) Leave(now time.Time, c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line.leave(now, c)
}

// Rate returns how many attempts per second it lets through at the moment; 0 before the first.
func (g *AIMDRate) Rate() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.line.rate
}

func (g *AIMDRate) begin(now time.Time) {
	g.line.begin(now, g.clamp(orDefault(g.Start, 10)), orDefault(g.Burst, 1))
}

func (g *AIMDRate) clamp(rate float64) float64 {
	if g.Ceiling > 0 {
		rate = min(rate, g.Ceiling)
	}
	return max(rate, orDefault(g.Floor, 0.5))
}

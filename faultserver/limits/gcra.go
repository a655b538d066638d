package limits

import "time"

// GCRA is the Generic Cell Rate Algorithm (ATM Forum, Traffic Management Specification 4.0, section 4.4.2): one time to
// remember instead of a level. It admits what a token bucket with the same numbers does.
type GCRA struct {
	Rate, Burst float64

	arrival time.Time // theoretical arrival time of the next unit
}

// Take implements Model.
func (g *GCRA) Take(now time.Time, n float64) (time.Duration, bool) {
	at := later(g.arrival, now)
	if early := at.Add(g.span(min(n, g.Burst) - g.Burst)).Sub(now); early > 0 {
		return early, false
	}
	g.arrival = at.Add(g.span(n))
	return 0, true
}

// Reserve implements Reserver.
func (g *GCRA) Reserve(now time.Time, n float64) time.Duration {
	at := later(g.arrival, now)
	g.arrival = at.Add(g.span(n))
	return max(0, at.Add(g.span(min(n, g.Burst)-g.Burst)).Sub(now))
}

// span is the time that units take.
func (g *GCRA) span(units float64) time.Duration {
	return time.Duration(units / g.Rate * float64(time.Second))
}

// Left implements Meter.
func (g *GCRA) Left(now time.Time) (limit, left float64, reset time.Duration) {
	reset = max(0, g.arrival.Sub(now))
	return g.Burst, max(0, g.Burst-reset.Seconds()*g.Rate), reset
}

// Allows implements Model.
func (g *GCRA) Allows(t time.Duration) float64 { return g.Burst + g.Rate*t.Seconds() }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

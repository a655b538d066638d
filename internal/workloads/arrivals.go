package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

// forever is longer than any trial.
const forever = 100 * 365 * 24 * time.Hour

// LoadPoint says by what the rate is multiplied at a time.
type LoadPoint struct {
	At    time.Duration
	Times float64
}

// schedule says when one client's calls are due.
type schedule struct {
	of    *arrivals
	phase float64 // of calls that come evenly, from 0 to 1
	// chance makes the gaps exponential: in the time in which one call is due on average, calls come as a Poisson process of
	// rate 1, and of maps that time to the trial's. Nil: they come evenly.
	chance *rand.Rand
	sum    float64
}

// next is when the nth call is due, from 0; not ok: not before the end. It is asked in order.
func (s *schedule) next(n int) (time.Duration, bool) {
	if s.chance == nil {
		return s.of.time(float64(n) + s.phase)
	}
	s.sum += s.chance.ExpFloat64()
	return s.of.time(s.sum)
}

// arrivals says when the calls of a client are due: its rate changes evenly between points.
type arrivals struct {
	pieces []piece
	end    float64 // seconds
}

// piece is a stretch of time: from a time on, by when so many calls have come, at a rate that grows by slope.
type piece struct {
	from, calls, rate, slope float64
}

// newArrivals makes one for a rate in calls per second. Zero end: there is none.
func newArrivals(rate float64, load []LoadPoint, end time.Duration) *arrivals {
	a := &arrivals{end: end.Seconds()}
	if end == 0 {
		a.end = math.Inf(1)
	}
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
	if at >= forever.Seconds() {
		return 0, false
	}
	return time.Duration(at * float64(time.Second)), at < a.end
}

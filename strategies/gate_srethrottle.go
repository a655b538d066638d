package strategies

import (
	"sync"
	"time"
)

// SREThrottle is a gate that refuses attempts by dice when the server rejects many: with probability max(0, (requests −
// K·accepts) / (requests + 1)), counted over a window. Requests are all that asked, those refused here included; accepts
// are those that the server did not reject. So a client sends about K times what the server accepts, however much it is
// asked for: with K = 2 and a server that is overloaded, one attempt is rejected by the server for each that is accepted.
// When the server rejects everything, the n-th request of a window still has a chance of 1/n; those that get through find
// out when it is well again. From then on what is let through grows e-fold in half a window, so that it takes about
// Window/2 · ln n until nothing is refused any more: 9 minutes for 100 requests per second and the default window.
//
// Rejected is what was throttled, a 503 or 504, what timed out and connections that broke. An ending that says nothing
// about the server, such as a cancelled call, counts as accepted. Those in flight are not accepted yet: it takes K times as
// many successes as attempts in flight before a client with many of them refuses nothing by mistake, so the first
// MinRequests of a window are not refused.
//
// The dice are Call.Rand; without one every 1/p-th attempt is refused. The error is a Refused with ErrThrottled.
//
// Source: Site Reliability Engineering (O'Reilly 2016), chapter 21, "Client-Side Throttling". MinRequests is not in there.
//
// The zero value is ready. Fields must not change once it is in use.
type SREThrottle struct {
	K      float64       // less than 1, which includes 0: 2
	Window time.Duration // 0 or less: 2 minutes
	// MinRequests is how many requests of a window are never refused; 0: 100, negative: none.
	MinRequests int

	mu     sync.Mutex
	counts rolling // all: requests; good: accepts
	owed   float64 // refusals, where there are no dice
}

// Admit implements Gate.
func (g *SREThrottle) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	window := orDefault(g.Window, 2*time.Minute)
	step := g.counts.at(now, window)
	p := g.refuse(now, window)
	step.all++
	if p <= 0 {
		return Verdict{}
	}
	if c.Rand != nil {
		if c.Rand.Float64() >= p {
			return Verdict{}
		}
	} else if g.owed += p; g.owed < 1 {
		return Verdict{}
	} else {
		g.owed--
	}
	return Verdict{Err: &Refused{Gate: "adaptive throttle", Why: ErrThrottled}}
}

// refuse is the probability of a refusal.
func (g *SREThrottle) refuse(now time.Time, window time.Duration) float64 {
	t := g.counts.total(now, window)
	least := g.MinRequests
	if least == 0 {
		least = 100
	}
	if t.all < int64(least) {
		return 0
	}
	k := g.K
	if !(k >= 1) {
		k = 2
	}
	return (float64(t.all) - k*float64(t.good)) / float64(t.all+1)
}

// Done implements Gate.
func (g *SREThrottle) Done(now time.Time, _ *Call, o Outcome) {
	if overloaded(o) || o.Err != nil && KindOf(o.Err) != Canceled {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.at(now, orDefault(g.Window, 2*time.Minute)).good++
}

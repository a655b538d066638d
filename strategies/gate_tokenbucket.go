package strategies

import (
	"sync"
	"time"
)

// TokenBucket is a gate that lets Rate units per second through, and up to Burst at once after a rest. It begins full. In any
// time t it lets at most Rate·t + Burst through. Attempts wait in the order in which they came; one that
// gives up makes room for those behind. One whose turn would come after its deadline is refused at once.
//
// A timer that fires late costs no throughput: each attempt has a slot of its own, and when the process was held up for a while
// those whose slots passed meanwhile go at once, as with the reservations of golang.org/x/time/rate.
//
// The zero value lets everything through. Fields must not change once it is in use.
type TokenBucket struct {
	Rate float64 // units per second; 0 or less: no limit
	// Burst is how many units the bucket holds; 0 or less: one. An attempt of more units than that waits for a full bucket and
	// leaves a debt, for which those behind it wait.
	Burst float64
	// Bytes makes a unit a byte of the request's body, instead of an attempt. Without a body, or with one of unknown size, an
	// attempt is free.
	Bytes bool

	mu   sync.Mutex
	line line
}

// Admit implements Gate.
func (g *TokenBucket) Admit(now time.Time, c *Call) Verdict {
	if !(g.Rate > 0) {
		return Verdict{}
	}
	cost := 1.0
	if g.Bytes {
		cost = float64(c.Bytes)
	}
	g.mu.Lock()
	g.line.begin(now, g.Rate, orDefault(g.Burst, 1))
	v := g.line.admit(now, c, cost, "token bucket")
	g.mu.Unlock()
	return v
}

// Done implements Gate. A token that was used is gone.
func (g *TokenBucket) Done(time.Time, *Call, Outcome) {}

// Leave implements Leaver.
func (g *TokenBucket) Leave(now time.Time, c *Call) {
	g.mu.Lock()
	g.line.leave(now, c)
	g.mu.Unlock()
}

// orDefault is v, or a default where v is 0 or less.
func orDefault[T int | int64 | float64 | time.Duration](v, without T) T {
	if v > 0 {
		return v
	}
	return without
}

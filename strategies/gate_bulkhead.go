package strategies

import (
	"sync"
	"time"
)

// Bulkhead is a gate that lets at most Max attempts be in flight. The others wait in the order in which they came.
//
// Under a retry layer a place is taken for an attempt and given back while its call backs off. Above one it would be kept for the
// whole call, and calls that back off would take all places while nothing is on the wire.
//
// The zero value lets everything through. Fields must not change once it is in use.
type Bulkhead struct {
	Max      int           // attempts in flight; 0 or less: any number
	MaxQueue int           // attempts that may wait, others are refused with ErrQueueFull; 0: any number, negative: none
	MaxWait  time.Duration // longest wait, then an attempt is refused with ErrMaxWait; 0 or less: for ever

	mu    sync.Mutex
	slots slots
}

// Admit implements Gate.
func (g *Bulkhead) Admit(now time.Time, c *Call) Verdict {
	if g.Max <= 0 {
		return Verdict{}
	}
	g.mu.Lock()
	g.slots.limit = g.Max
	v := g.slots.admit(now, c, patience{"bulkhead", g.MaxQueue, g.MaxWait})
	g.mu.Unlock()
	return v
}

// Done implements Gate.
func (g *Bulkhead) Done(time.Time, *Call, Outcome) {
	if g.Max <= 0 {
		return
	}
	g.mu.Lock()
	g.slots.done()
	g.mu.Unlock()
}

// Leave implements Leaver.
func (g *Bulkhead) Leave(_ time.Time, c *Call) {
	g.mu.Lock()
	g.slots.leave(c)
	g.mu.Unlock()
}

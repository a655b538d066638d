package strategies

import (
	"sync"
	"time"
)

// PerKey is a gate that has another one for each Call.Key: a token bucket for each bucket's prefix, a limit for each host.
// Gates that know keys themselves (SharedPause, Breaker, ServerLimits) do not need it.
//
// New must be set. Fields must not change once it is in use.
type PerKey struct {
	// New makes the gate of a key; it must not be shared with another one.
	New func() Gate
	// MaxKeys is how many keys are kept; 0 or less: 1000. Beyond it those used least recently are forgotten with all that
	// their gates have learnt, but none of which an attempt waits or is in flight.
	MaxKeys int

	mu      sync.Mutex
	gates   keys[Gate]
	waiting map[*Call]bool
}

// Admit implements Gate.
func (g *PerKey) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	e := g.entry(c)
	waits := len(g.waiting) > 0 && g.waiting[c]
	if !waits {
		e.held++
	}
	gate := e.value
	g.mu.Unlock()
	v := gate.Admit(now, c)
	if v.Go() && !waits {
		return v
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case v.Go():
		delete(g.waiting, c)
	case v.Err != nil:
		delete(g.waiting, c)
		e.held--
	case !waits:
		if g.waiting == nil {
			g.waiting = map[*Call]bool{}
		}
		g.waiting[c] = true
	}
	return v
}

// Done implements Gate.
func (g *PerKey) Done(now time.Time, c *Call, o Outcome) {
	g.mu.Lock()
	e := g.entry(c)
	gate := e.value
	g.mu.Unlock()
	gate.Done(now, c, o)
	g.mu.Lock()
	e.held--
	g.mu.Unlock()
}

// Leave implements Leaver.
func (g *PerKey) Leave(now time.Time, c *Call) {
	g.mu.Lock()
	if !g.waiting[c] {
		g.mu.Unlock()
		return
	}
	delete(g.waiting, c)
	e := g.entry(c)
	gate := e.value
	g.mu.Unlock()
	if l, ok := gate.(Leaver); ok {
		l.Leave(now, c)
	}
	g.mu.Lock()
	e.held--
	g.mu.Unlock()
}

// entry returns what there is for a call's key.
func (g *PerKey) entry(c *Call) *entry[Gate] {
	e := g.gates.get(c.Key, orDefault(g.MaxKeys, 1000))
	if e.value == nil {
		e.value = g.New()
	}
	return e
}

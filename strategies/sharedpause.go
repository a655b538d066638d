package strategies

import (
	"sync"
	"time"
)

// SharedPause is a gate that lets nothing through while any call of the client has been told to wait: one answer with a
// hint (Retry-After) pauses all calls with the same key, those that are waiting already included. A longer pause replaces a
// shorter one; a shorter one changes nothing. The zero value is ready and pauses nobody until a hint comes.
//
// A pause lets everybody go at the same time, so that all calls of a client come back at once. Jitter spreads them, to one
// side only: nobody comes back earlier than the server asked for.
//
// Those who wait are not woken when a pause grows: they ask again at the end of the one they know. In a storm of refusals
// each of them moves the end a little, and would wake everybody to be told to sleep on. Since the end of a wait is known, a
// layer can also tell when it comes too late for a call's deadline.
//
// Keys whose pause is over are forgotten. Fields must not change once it is in use.
type SharedPause struct {
	// Jitter is the width of what those who waited wait on top, drawn from Call.Rand evenly from 0 to Jitter; 0 or less, or
	// no Rand: none.
	Jitter time.Duration
	// Cap is the longest pause that one hint can order; 0 or less: as long as the server says. A hint of a day holds up all calls
	// that have no deadline for a day.
	Cap time.Duration

	mu     sync.Mutex
	pauses map[string]time.Time // until when, by Call.Key
	sweep  int                  // at how many keys those are looked for that can be forgotten
}

// Admit implements Gate.
func (g *SharedPause) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.pauses) == 0 {
		return Verdict{}
	}
	wait := g.pauses[c.Key].Sub(now)
	if wait <= 0 {
		return Verdict{}
	}
	if g.Jitter > 0 && c.Rand != nil {
		wait = min(wait, maxDuration-g.Jitter) + time.Duration(c.Rand.Float64()*float64(g.Jitter))
	}
	return Verdict{Wait: wait}
}

// Done implements Gate.
func (g *SharedPause) Done(now time.Time, c *Call, o Outcome) {
	if !o.Hint.Given || o.Hint.After <= 0 {
		return
	}
	after := o.Hint.After
	if g.Cap > 0 {
		after = min(after, g.Cap)
	}
	until := now.Add(after)
	g.mu.Lock()
	defer g.mu.Unlock()
	known, ok := g.pauses[c.Key]
	if !ok {
		g.forget(now)
		if g.pauses == nil {
			g.pauses = map[string]time.Time{}
		}
	}
	if until.After(known) {
		g.pauses[c.Key] = until
	}
}

// forget drops what is over, each time that the number of keys has doubled.
func (g *SharedPause) forget(now time.Time) {
	if len(g.pauses) < max(g.sweep, 64) {
		return
	}
	for key, until := range g.pauses {
		if !now.Before(until) {
			delete(g.pauses, key)
		}
	}
	g.sweep = 2 * len(g.pauses)
}

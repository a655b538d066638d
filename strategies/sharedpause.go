package strategies

import (
	"sync"
	"time"
)

// SharedPause is a gate that lets nothing through while any call of the client has been told to wait: one answer with a
// hint (Retry-After) pauses all calls with the same key, those that are waiting already included. A longer pause replaces a
// shorter one; a shorter one changes nothing. The zero value is ready and pauses nobody until a hint comes.
//
// It adds no jitter: all calls of one client come back at once when the pause is over.
type SharedPause struct {
	mu     sync.Mutex
	pauses map[string]*pause // by Call.Key
}

// pause is one key's.
type pause struct {
	until   time.Time
	changed chan struct{} // closed when until moves; nil: nobody waits
}

// Admit implements Gate.
func (g *SharedPause) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pauses[c.Key]
	if p == nil || !now.Before(p.until) {
		return Verdict{}
	}
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	return Verdict{Wait: p.until.Sub(now), Changed: p.changed}
}

// Done implements Gate.
func (g *SharedPause) Done(now time.Time, c *Call, o Outcome) {
	if !o.Hint.Given || o.Hint.After <= 0 {
		return
	}
	until := now.Add(o.Hint.After)
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pauses[c.Key]
	if p == nil {
		p = &pause{}
		if g.pauses == nil {
			g.pauses = map[string]*pause{}
		}
		g.pauses[c.Key] = p
	}
	if !until.After(p.until) {
		return
	}
	p.until = until
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

package strategies

import (
	"slices"
	"sync"
	"time"
)

// ServerLimits is a gate that keeps to the limits which the server tells in its answers, in the fields RateLimit and
// RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11; see Limit). It knows the units requests, content-bytes and
// concurrent-requests, and keeps limits apart by Call.Key, name of the policy, partition key and unit. Without such fields
// it lets everything through.
//
// What is left is spread evenly over the time until the reset: with 50 left and a reset in 10 s an attempt goes every 200
// ms. All at once would be answered as long as it lasts, but then everybody waits for the reset and comes back together.
// Spreading a quota of a day is no use to a client that is done in a minute, so a limit whose reset is further away than
// Spread is used as it comes, until nothing is left.
//
// Between answers it counts what it sends. After the reset it goes on with quota and window; where the server did not tell
// them, for one time with the most that was ever left and the longest that a reset was ever away, and if the server then
// says nothing the limit is forgotten. An attempt that costs more than a whole quota waits for a whole one, and those
// behind wait for what it owes. A Retry-After goes before the reset of a limit of which nothing is left. A body of unknown
// size costs no bytes.
//
// Attempts of a key wait in the order in which they came, for all its limits at once. The zero value is ready. Fields must
// not change once it is in use.
type ServerLimits struct {
	Spread  time.Duration // 0: one minute; negative: nothing is spread
	MaxKeys int           // how many keys are kept, those used least recently are forgotten; 0 or less: 1000

	mu   sync.Mutex
	keys keys[serverKey]
}

// serverKey is what is known of one key.
type serverKey struct {
	limits   []*serverLimit // in the order in which they were heard of first
	inFlight int
	bytes    float64 // of the bodies in flight
	queue    queue
}

// maxLimits is how many limits of one key are kept in mind; further ones are ignored.
const maxLimits = 16

// Admit implements Gate.
func (g *ServerLimits) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.keys.get(c.Key, orDefault(g.MaxKeys, 1000))
	k := &e.value
	w := k.queue.find(c)
	if w != k.queue.first { // somebody is before it
		if w == nil {
			w = k.queue.push(c)
			e.held++
		}
		return w.wait(now, 0)
	}
	due, full := k.due(now, c, g.spread())
	if wait := due.Sub(now); wait > 0 || full {
		if w == nil {
			w = k.queue.push(c)
			e.held++
		}
		return w.wait(now, max(wait, 0))
	}
	for _, l := range k.limits {
		l.take(now, l.cost(c))
	}
	k.inFlight++
	k.bytes += float64(max(c.Bytes, 0))
	if w != nil {
		k.queue.forget(w)
	} else {
		e.held++
	}
	k.queue.wakeFirst()
	return Verdict{}
}

// Done implements Gate.
func (g *ServerLimits) Done(now time.Time, c *Call, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.keys.get(c.Key, orDefault(g.MaxKeys, 1000))
	e.held--
	k := &e.value
	inFlight := k.inFlight // with this one, of which the server has not known yet that it ends
	k.inFlight--
	k.bytes -= float64(max(c.Bytes, 0))
	for _, t := range o.Hint.Limits {
		if l := k.find(t); l != nil {
			flying := float64(k.inFlight)
			if l.unit == UnitContentBytes {
				flying = k.bytes
			}
			l.told(now, now.Add(-o.Took), t, o.Hint, flying, inFlight)
		}
	}
	if w := k.queue.first; w != nil {
		if due, full := k.due(now, w.call, g.spread()); !full {
			w.wakeBefore(later(due, now))
		}
	}
}

// Leave implements Leaver.
func (g *ServerLimits) Leave(_ time.Time, c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.keys.get(c.Key, orDefault(g.MaxKeys, 1000))
	k := &e.value
	if w := k.queue.find(c); w != nil {
		first := w == k.queue.first
		k.queue.forget(w)
		e.held--
		if first {
			k.queue.wakeFirst()
		}
	}
}

// due is when a call may go at the earliest. full: not before another one has ended. With nothing in flight it is never full.
func (k *serverKey) due(now time.Time, c *Call, spread time.Duration) (due time.Time, full bool) {
	k.limits = slices.DeleteFunc(k.limits, func(l *serverLimit) bool { return !l.renew(now) })
	for _, l := range k.limits {
		if l.concurrent() {
			full = full || k.inFlight >= max(1, l.places)
			continue
		}
		due = later(due, l.due(l.cost(c), spread))
	}
	return due, full
}

// find returns what is known of a limit; nil if it is of no use.
func (k *serverKey) find(t Limit) *serverLimit {
	unit := t.Unit
	if unit == "" {
		unit = UnitRequests
	}
	for _, l := range k.limits {
		if l.policy == t.Policy && l.key == t.Key && l.unit == unit {
			return l
		}
	}
	switch {
	case len(k.limits) >= maxLimits:
		return nil
	case unit == UnitConcurrentRequests && (t.HasLeft || t.Quota > 0):
	case unit != UnitRequests && unit != UnitContentBytes:
		return nil
	case t.Reset < 0 && t.Window <= 0: // nobody knows when it is whole again
		return nil
	case !t.HasLeft && t.Quota <= 0:
		return nil
	}
	l := &serverLimit{policy: t.Policy, key: t.Key, unit: unit}
	k.limits = append(k.limits, l)
	return l
}

func (g *ServerLimits) spread() time.Duration {
	if g.Spread == 0 {
		return time.Minute
	}
	return g.Spread
}

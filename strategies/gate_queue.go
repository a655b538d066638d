package strategies

import "time"

// waiter is an attempt that a gate makes wait.
type waiter struct {
	call       *Call
	prev, next *waiter
	// granted: it has left the queue, and has what it waited for from then on. It only has to come and ask.
	granted bool
	// changed is what it waits for to be closed; nil: it was told already, and will ask.
	changed chan struct{}
	told    time.Time // when it asks in any case; zero: never
	giveUp  time.Time // when it has waited for too long; zero: never

	cost  float64 // what it needs, in tokens
	ahead float64 // see line
}

// wait orders a wait of at most d, if d is positive.
func (w *waiter) wait(now time.Time, d time.Duration) Verdict {
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	w.told = time.Time{}
	if d > 0 {
		w.told = now.Add(d)
	}
	return Verdict{Wait: d, Changed: w.changed}
}

// wake makes w ask again at once. Nobody else is woken by that.
func (w *waiter) wake() {
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// wakeBefore wakes w unless it asks by itself until at.
func (w *waiter) wakeBefore(at time.Time) {
	if w.told.IsZero() || w.told.After(at) {
		w.wake()
	}
}

// queue is a first-in-first-out queue of waiters. The zero value is empty. Its owner guards it.
//
// Every waiter has a channel of its own, so that one can be woken and the others sleep on.
type queue struct {
	first, last *waiter
	n           int
	known       map[*Call]*waiter // those in the queue, and those who were granted and did not ask yet
}

// find returns the waiter of a call, or nil.
func (q *queue) find(c *Call) *waiter {
	if len(q.known) == 0 {
		return nil
	}
	return q.known[c]
}

// push puts a call at the end.
func (q *queue) push(c *Call) *waiter {
	w := &waiter{call: c, prev: q.last}
	if q.last != nil {
		q.last.next = w
	} else {
		q.first = w
	}
	q.last = w
	q.n++
	if q.known == nil {
		q.known = map[*Call]*waiter{}
	}
	q.known[c] = w
	return w
}

// grant takes w out of the queue, but keeps it in mind until it asks or leaves.
func (q *queue) grant(w *waiter) {
	q.unlink(w)
	w.granted = true
}

// forget takes w out of everything.
func (q *queue) forget(w *waiter) {
	if !w.granted {
		q.unlink(w)
	}
	delete(q.known, w.call)
}

func (q *queue) unlink(w *waiter) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		q.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		q.last = w.prev
	}
	w.prev, w.next = nil, nil
	q.n--
}

// wakeFirst wakes the first in the queue, if there is one.
func (q *queue) wakeFirst() {
	if q.first != nil {
		q.first.wake()
	}
}

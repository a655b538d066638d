package strategies

import (
	"math"
	"time"
)

// line is a token bucket with a queue of those who wait for tokens. Its owner guards it.
//
// Tokens are handed out first in, first out, each at the moment at which it has come into the bucket, whether or not the one who
// gets it has asked by then: a timer that fires late holds up nobody behind. So everybody has a time slot of its own, as
// with the reservations of golang.org/x/time/rate. Here a slot can be given back, and those behind move up then.
//
// Only the first in the queue must know its time exactly, and is woken when it moves forward. The times of the others may be too
// late when somebody left or the rate rose; they are put right when they come to the front. So no event wakes more than the
// one who is first and those who get their tokens.
type line struct {
	rate  float64 // tokens per second, more than 0
	burst float64 // most tokens that the bucket holds, more than 0
	least time.Duration

	level float64   // tokens in the bucket; less than 0: a debt
	last  time.Time // when level was true

	queue   queue
	waiting float64 // tokens that those in the queue need
	// in and out are how many tokens those have asked for who ever joined the queue, and who left it from its front. What stands
	// before a waiter is at most the difference between in at its joining and out now.
	in, out float64
}

// slack is how much later than possible the first in the queue may ask without being woken. It outlasts what
// rounding does to times.
const slack = time.Microsecond

// begin fills the bucket when it is used for the first time.
func (l *line) begin(now time.Time, rate, burst float64) {
	if l.last.IsZero() {
		l.rate, l.burst, l.level, l.last = rate, burst, burst, now
	}
}

// set changes rate and size.
func (l *line) set(now time.Time, rate, burst float64) {
	l.advance(now)
	l.rate, l.burst = rate, burst
	l.serve(now)
}

// admit takes cost tokens for a call, or tells it to wait for them. A cost beyond the size of the bucket needs a full bucket, and
// leaves a debt. gate is the name for errors.
func (l *line) admit(now time.Time, c *Call, cost float64, gate string) Verdict {
	if cost <= 0 {
		return Verdict{}
	}
	l.advance(now)
	w := l.queue.find(c)
	if w == nil {
		if l.queue.n == 0 && l.has(cost) {
			l.level -= cost
			return Verdict{}
		}
		wait := l.until(l.waiting + min(cost, l.burst))
		if at := now.Add(wait); !c.Deadline.IsZero() && !at.Before(c.Deadline) {
			return Verdict{Err: &Refused{Gate: gate, Why: ErrTooLate, Until: at}}
		}
		w = l.queue.push(c)
		w.cost, w.ahead = cost, l.in
		l.in += cost
		l.waiting += cost
		return w.wait(now, wait)
	}
	if w.granted {
		l.queue.forget(w)
		return Verdict{}
	}
	need := min(w.cost, l.burst)
	if w != l.queue.first {
		need += max(0, w.ahead-l.out)
	}
	return w.wait(now, l.until(need))
}

// leave gives back what a call has reserved or was handed.
func (l *line) leave(now time.Time, c *Call) {
	w := l.queue.find(c)
	if w == nil {
		return
	}
	l.advance(now)
	first := w == l.queue.first
	l.queue.forget(w)
	if w.granted {
		l.level += w.cost
	} else {
		l.waiting -= w.cost
	}
	if first {
		l.out = w.ahead + w.cost
	}
	l.serve(now)
}

// advance lets time pass.
func (l *line) advance(now time.Time) {
	if gone := now.Sub(l.last); gone > 0 {
		l.level += gone.Seconds() * l.rate
		l.last = now
	}
	l.serve(now)
}

// serve hands out the tokens that there are. The bucket's size does not matter before the queue is empty: until then its level is
// below what the first one needs.
func (l *line) serve(now time.Time) {
	for w := l.queue.first; w != nil && l.has(w.cost); w = l.queue.first {
		l.level -= w.cost
		l.out = w.ahead + w.cost
		l.waiting -= w.cost
		l.queue.grant(w)
		w.wakeBefore(now)
	}
	w := l.queue.first
	if w == nil {
		l.waiting, l.in, l.out = 0, 0, 0
		l.level = min(l.level, l.burst)
		return
	}
	if w.changed != nil {
		w.wakeBefore(now.Add(l.until(min(w.cost, l.burst)) + slack))
	}
}

// has reports whether there are enough tokens now. What a rounding error leaves missing is not worth a wait.
func (l *line) has(cost float64) bool {
	need := min(cost, l.burst)
	return l.level >= need-1e-9*max(1, need)
}

// until is how long it takes until need tokens are there; more than nothing, since a wait that rounds to nothing is a loop.
func (l *line) until(need float64) time.Duration {
	d := math.Ceil((need - l.level) / l.rate * float64(time.Second))
	if d >= 1<<62 {
		return 1 << 62
	}
	return max(time.Duration(d), l.least, 1)
}

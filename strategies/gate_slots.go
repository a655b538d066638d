package strategies

import "time"

// slots are places for attempts in flight, with a queue of those who wait for one. A place that gets free is handed to the first
// in the queue before it asks, so nobody can overtake it. The number of places can change: those too many are not taken away,
// but not handed on either. Its owner guards it.
type slots struct {
	limit int // at least 1
	used  int
	queue queue
}

// patience bounds the waiting.
type patience struct {
	gate     string        // name for errors
	maxQueue int           // most that wait; 0: any number, negative: nobody
	maxWait  time.Duration // longest wait; 0 or less: for ever
}

func (s *slots) admit(now time.Time, c *Call, p patience) Verdict {
	w := s.queue.find(c)
	switch {
	case w == nil && s.queue.n == 0 && s.used < s.limit:
		s.used++
		return Verdict{}
	case w == nil && (p.maxQueue < 0 || p.maxQueue > 0 && s.queue.n >= p.maxQueue):
		return Verdict{Err: &Refused{Gate: p.gate, Why: ErrQueueFull}}
	case w == nil:
		w = s.queue.push(c)
		if p.maxWait > 0 {
			w.giveUp = now.Add(p.maxWait)
		}
	case w.granted:
		s.queue.forget(w)
		return Verdict{}
	case !w.giveUp.IsZero() && !now.Before(w.giveUp):
		s.queue.forget(w)
		return Verdict{Err: &Refused{Gate: p.gate, Why: ErrMaxWait}}
	}
	if w.giveUp.IsZero() {
		return w.wait(now, 0)
	}
	return w.wait(now, w.giveUp.Sub(now))
}

// done frees a place.
func (s *slots) done() {
	s.used--
	s.hand()
}

// leave is for a call that gave up.
func (s *slots) leave(c *Call) {
	w := s.queue.find(c)
	if w == nil {
		return
	}
	s.queue.forget(w)
	if w.granted {
		s.done()
	}
}

// set changes the number of places.
func (s *slots) set(limit int) {
	s.limit = limit
	s.hand()
}

// hand gives free places to those who wait.
func (s *slots) hand() {
	for w := s.queue.first; w != nil && s.used < s.limit; w = s.queue.first {
		s.used++
		s.queue.grant(w)
		w.wake()
	}
}

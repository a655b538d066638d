package strategies

import (
	"fmt"
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"
)

// sim drives a gate as a layer would, with many attempts at once, in a time of its own and without goroutines.
type sim struct {
	gate  Gate
	calls []*simCall
	now   time.Time
	// answer is what an attempt ends in; nil: 200.
	answer func(c *simCall) Outcome
	// tie orders what happens in one instant; nil: by arrival.
	tie *rand.Rand
	// late is the most by which those who wait ask too late.
	late time.Duration
	// check is called when all is done that happens in an instant.
	check func()

	inFlight int
	admitted []*simCall // in the order in which they were let through
}

// simCall is an attempt.
type simCall struct {
	Call
	id       int
	arrives  time.Duration // from the start
	takes    time.Duration // on the wire
	patience time.Duration // it leaves after so long; 0: never

	state   simState
	asks    int
	at      time.Time // of what comes next: arrival, the end of a wait, the end of the attempt; zero: nothing
	leaves  time.Time
	changed <-chan struct{}
	since   time.Time // when the state changed last
	err     error
}

type simState int

const (
	simComing simState = iota
	simWaiting
	simFlying
	simEnded
	simRefused
	simLeft
)

var simStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// run goes on until all attempts have ended. It fails if somebody sleeps for ever, or asks again and again.
func (s *sim) run() error {
	s.now = simStart
	for i, c := range s.calls {
		c.id, c.at = i, simStart.Add(c.arrives)
	}
	for {
		ready := s.ready()
		if ready == nil {
			break
		}
		for len(ready) > 0 {
			i := 0
			if s.tie != nil {
				i = s.tie.IntN(len(ready))
			}
			if err := s.step(ready[i]); err != nil {
				return err
			}
			ready = s.atNow()
		}
		if s.check != nil {
			s.check()
		}
	}
	for _, c := range s.calls {
		if c.state < simEnded {
			return fmt.Errorf("the attempt %d sleeps for ever since %v", c.id, c.since.Sub(simStart))
		}
	}
	return nil
}

// ready moves time to the next event; nil: there is none.
func (s *sim) ready() []*simCall {
	var next time.Time
	for _, c := range s.calls {
		for _, at := range []time.Time{c.at, c.leaves} {
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	if next.IsZero() {
		return nil
	}
	if next.After(s.now) {
		s.now = next
	}
	return s.atNow()
}

// atNow returns for whom something happens now.
func (s *sim) atNow() (ready []*simCall) {
	for _, c := range s.calls {
		due := func(at time.Time) bool { return !at.IsZero() && !at.After(s.now) }
		if due(c.at) || due(c.leaves) || c.state == simWaiting && isClosed(c.changed) {
			ready = append(ready, c)
		}
	}
	return ready
}

func (s *sim) step(c *simCall) error {
	if c.state == simFlying {
		s.inFlight--
		c.go_(s.now, simEnded)
		o := Outcome{Status: 200}
		if s.answer != nil {
			o = s.answer(c)
		}
		o.Took = c.takes
		s.gate.Done(s.now, &c.Call, o)
		return nil
	}
	if c.state == simWaiting && !c.leaves.IsZero() && !c.leaves.After(s.now) {
		c.go_(s.now, simLeft)
		if l, ok := s.gate.(Leaver); ok {
			l.Leave(s.now, &c.Call)
		}
		return nil
	}
	if c.asks++; c.asks > 10000 {
		return fmt.Errorf("the attempt %d spins", c.id)
	}
	v := s.gate.Admit(s.now, &c.Call)
	switch {
	case v.Err != nil:
		c.err = v.Err
		c.go_(s.now, simRefused)
	case v.Go():
		c.go_(s.now, simFlying)
		c.at = s.now.Add(c.takes)
		s.inFlight++
		s.admitted = append(s.admitted, c)
	default:
		if c.state == simComing {
			c.go_(s.now, simWaiting)
			if c.patience > 0 {
				c.leaves = s.now.Add(c.patience)
			}
		}
		c.at, c.changed = time.Time{}, v.Changed
		if v.Wait > 0 {
			c.at = s.now.Add(v.Wait)
			if s.late > 0 {
				c.at = c.at.Add(time.Duration(s.tie.Int64N(int64(s.late))))
			}
		}
	}
	return nil
}

// go_ changes the state.
func (c *simCall) go_(now time.Time, state simState) {
	c.state, c.since = state, now
	c.at, c.leaves, c.changed = time.Time{}, time.Time{}, nil
}

func (s *sim) in(state simState) (n int) {
	for _, c := range s.calls {
		if c.state == state {
			n++
		}
	}
	return n
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// simCalls draws attempts.
func simCalls(t *rapid.T, most int, over time.Duration) (calls []*simCall, tie *rand.Rand) {
	seed := rapid.Uint64().Draw(t, "seed")
	rnd := rand.New(rand.NewPCG(seed, 1))
	leaving := rapid.IntRange(0, 10).Draw(t, "tenths that leave")
	for range rapid.IntRange(1, most).Draw(t, "attempts") {
		c := &simCall{Call: Call{Key: "host", Bytes: rnd.Int64N(40) - 1, Rand: rnd}}
		c.arrives = time.Duration(rnd.Int64N(int64(over)))
		if rnd.IntN(3) == 0 {
			c.arrives = c.arrives.Truncate(100 * time.Millisecond) // some come together
		}
		c.takes = time.Duration(1 + rnd.Int64N(int64(300*time.Millisecond)))
		if rnd.IntN(10) < leaving {
			c.patience = time.Duration(1 + rnd.Int64N(int64(over)))
		}
		calls = append(calls, c)
	}
	return calls, rand.New(rand.NewPCG(seed, 2))
}

package bubble

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Limits say when a bubble is given up. Zero values mean no limit.
type Limits struct {
	// Virtual is how much virtual time may pass.
	Virtual time.Duration
	// Stall is how much real time may pass without any progress of virtual time.
	Stall time.Duration
	// Stuck is told, on a goroutine outside of the bubble, when one of the two is exceeded. The bubble cannot be ended: Stuck
	// must end the process, or leave the bubble behind.
	Stuck func(*StuckError)
}

// StuckError says that a bubble came to no end, or not to a clean one.
type StuckError struct {
	Reason     string
	Goroutines []Goroutine // those concerned
}

func (e *StuckError) Error() string {
	return fmt.Sprintf("%s: %s", e.Reason, Summary(e.Goroutines))
}

const (
	// beat is how often, in virtual time, a bubble shows that it lives.
	beat = 100 * time.Millisecond
	// look is how often, in real time, somebody looks.
	look = 100 * time.Millisecond
	// grace is the virtual time that goroutines have to end after f has returned: connections linger for a while.
	grace = 30 * time.Second
	// overtime is the real time that a bubble has after its virtual time is over. If nothing in it has a timer, the
	// runtime finds a deadlock at once.
	overtime = 2 * time.Second
)

// Run calls f in a bubble of its own, whose clock starts at midnight UTC on the 1st of January 2000, and waits for it. The
// error is a *StuckError if all goroutines in it wait for each other, or if some are left half a virtual minute after f
// has returned. It must not be called within a bubble.
func Run(t *testing.T, l Limits, f func()) (err error) {
	var pulse pulse
	over := make(chan struct{})
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		pulse.watch(l, over)
	}()
	var left error
	defer func() {
		close(over)
		<-watching
		v := recover()
		switch {
		case v == nil:
		case left != nil: // named already
			err = left
		default: // the runtime has found out that nothing in the bubble can ever go on
			err = &StuckError{Reason: fmt.Sprint(v), Goroutines: inBubble(pulse.bubble.Load(), pulse.own.Load())}
		}
	}()
	synctest.Test(t, func(*testing.T) {
		id, self := where()
		pulse.bubble.Store(id)
		stop := make(chan struct{})
		beating := make(chan struct{})
		go func() {
			defer close(beating)
			_, own := where()
			pulse.own.Store(own)
			pulse.beat(l.Virtual, stop)
		}()
		f()
		close(stop)
		<-beating
		left = leftovers(id, self)
	})
	return left
}

// leftovers gives goroutines some time to end, and reports those that do not.
func leftovers(bubble, self int64) error {
	for waited := time.Duration(0); ; waited += time.Second {
		synctest.Wait()
		left := inBubble(bubble, self)
		if len(left) == 0 {
			return nil
		}
		if waited >= grace {
			return &StuckError{Reason: "goroutines are left behind", Goroutines: left}
		}
		time.Sleep(time.Second)
	}
}

// pulse tells the world outside that a bubble lives.
type pulse struct {
	bubble, own atomic.Int64 // ids of the bubble and of the goroutine that beats
	beats       atomic.Int64
	expired     atomic.Bool // the bubble's virtual time is over
}

// beat runs inside of the bubble.
func (p *pulse) beat(limit time.Duration, stop <-chan struct{}) {
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	start := time.Now()
	for {
		select {
		case <-ticks.C:
			p.beats.Add(1)
			if limit > 0 && time.Since(start) > limit {
				p.expired.Store(true)
				return // without this timer, a deadlock is one
			}
		case <-stop:
			return
		}
	}
}

// watch runs outside of the bubble.
func (p *pulse) watch(l Limits, over <-chan struct{}) {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	last, since := int64(-1), time.Now()
	var expired time.Time
	for {
		select {
		case <-over:
			return
		case <-ticks.C:
		}
		if n := p.beats.Load(); n != last {
			last, since = n, time.Now()
		}
		if p.expired.Load() && expired.IsZero() {
			expired = time.Now()
		}
		var reason string
		switch {
		case !expired.IsZero() && time.Since(expired) > overtime:
			reason = fmt.Sprintf("no end after %v of virtual time", l.Virtual)
		case expired.IsZero() && l.Stall > 0 && time.Since(since) > l.Stall:
			reason = fmt.Sprintf("virtual time has stood still for %v: something spins in one instant", l.Stall)
		default:
			continue
		}
		if l.Stuck != nil {
			l.Stuck(&StuckError{Reason: reason, Goroutines: busiest(inBubble(p.bubble.Load(), p.own.Load()))})
		}
		return
	}
}

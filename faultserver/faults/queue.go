package faults

import (
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Queue is a server with so many workers, each of which is busy with an attempt for the service time, and a queue in front
// of them. What does not fit is refused.
type Queue struct {
	// Workers is how many attempts are served at once. Zero: 1.
	Workers     int            `yaml:"workers,omitempty" json:"workers,omitempty" jsonschema:"description=Attempts that are served at once.,minimum=1,default=1"`
	ServiceTime units.Duration `yaml:"service_time" json:"service_time" jsonschema:"description=How long each of them takes."`
	Jitter      units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much longer. Uniform; decided by identity."`
	// Length is how many may wait. Zero: 100.
	Length int `yaml:"length,omitempty" json:"length,omitempty" jsonschema:"description=How many may wait.,minimum=1,default=100"`
	// Discipline is fifo (default), lifo (the last to come is served first) or codel (first in, first out; those that waited
	// longer than the deadline are dropped when their turn comes).
	Discipline string `yaml:"discipline,omitempty" json:"discipline,omitempty" jsonschema:"description=Who is next: the first or the last to come or the first that has not waited beyond the deadline.,enum=fifo,enum=lifo,enum=codel,default=fifo"`
	// Deadline ends a wait with a refusal. Zero: none; codel needs one.
	Deadline units.Duration `yaml:"deadline,omitempty" json:"deadline,omitempty" jsonschema:"description=The longest wait. Left out: none."`
	Limited  `yaml:",inline"`
}

// Defaults implements Config.
func (c *Queue) Defaults() {
	def(&c.Workers, 1)
	def(&c.Length, 100)
	def(&c.Discipline, "fifo")
	c.Limited.defaults(503, false)
}

// New implements Config.
func (c *Queue) New(Env) (Fault, error) {
	switch {
	case c.ServiceTime <= 0:
		return nil, Wrong("service_time", "0s would never be busy: write a time such as 50ms")
	case c.Discipline == "codel" && c.Deadline == 0:
		return nil, Wrong("deadline", "is missing: discipline codel needs it, such as deadline: 500ms")
	}
	return newQueue(*c, "queue", false), c.check()
}

// Capacity implements Bounding.
func (c *Queue) Capacity() Capacity {
	return Capacity{Scope: c.Scope, Allows: func(t time.Duration) float64 {
		return float64(c.Workers) * (t.Seconds()/c.ServiceTime.D().Seconds() + 1)
	}}
}

// queue holds attempts back in their own goroutines. Whoever has been served wakes the next.
type queue struct {
	Queue
	name  string
	stays bool // goes on for clients that have left
	mu    sync.Mutex
	desks map[string]*desk
}

// desk is the workers of one scope, and who waits for them.
type desk struct {
	busy    int
	waiting []*waiter
}

type waiter struct {
	since time.Time
	next  chan bool // receives whether it is served; false: it has waited too long
}

func newQueue(c Queue, name string, stays bool) *queue {
	return &queue{Queue: c, name: name, stays: stays, desks: map[string]*desk{}}
}

func (f *queue) Act(x *Exchange) bool {
	if f.stays {
		x.forgetClient()
	}
	key := x.ScopeKey(f.Scope)
	w, ok := f.join(key)
	if !ok || w != nil && !f.wait(x, key, w) {
		f.refuse(x, f, f.name, 0)
		return true
	}
	x.Note(f.name + " served")
	x.Host.After(func() { f.leave(key) })
	x.Host.Wait(f.ServiceTime.D() + time.Duration(x.Dice(1)*float64(f.Jitter)))
	return false
}

// join takes a free worker (nil) or a place in the queue. False: there is none.
func (f *queue) join(key string) (*waiter, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.desks[key]
	if d == nil {
		d = &desk{}
		f.desks[key] = d
	}
	switch {
	case d.busy < f.Workers:
		d.busy++
		return nil, true
	case len(d.waiting) >= f.Length:
		return nil, false
	}
	w := &waiter{time.Now(), make(chan bool, 1)}
	d.waiting = append(d.waiting, w)
	return w, true
}

// wait waits for a worker. False: it was in vain.
func (f *queue) wait(x *Exchange, key string, w *waiter) bool {
	var late <-chan time.Time
	if f.Deadline > 0 && f.Discipline != "codel" {
		t := time.NewTimer(f.Deadline.D())
		defer t.Stop()
		late = t.C
	}
	select {
	case served := <-w.next:
		return served
	case <-late:
	case <-x.R.Context().Done():
	case <-x.Host.Stopped():
	}
	f.mu.Lock()
	d := f.desks[key]
	i := slices.Index(d.waiting, w)
	if i >= 0 {
		d.waiting = slices.Delete(d.waiting, i, i+1)
	}
	f.mu.Unlock()
	if i < 0 && <-w.next { // its turn came at the same moment
		f.leave(key)
	}
	return false
}

// leave gives the worker to the next.
func (f *queue) leave(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.desks[key]
	for len(d.waiting) > 0 {
		i := 0
		if f.Discipline == "lifo" {
			i = len(d.waiting) - 1
		}
		w := d.waiting[i]
		d.waiting = slices.Delete(d.waiting, i, i+1)
		served := f.Discipline != "codel" || time.Since(w.since) <= f.Deadline.D()
		w.next <- served
		if served {
			return
		}
	}
	if d.busy--; d.busy == 0 {
		delete(f.desks, key)
	}
}

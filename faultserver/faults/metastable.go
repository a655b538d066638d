package faults

import "github.com/ratebench/ratebench/internal/units"

// Metastable is a queue that goes on working for clients that have left: once it is full of work that nobody waits for,
// the retries of those who left keep it full, long after what filled it is over.
type Metastable struct {
	Workers     int            `yaml:"workers,omitempty" json:"workers,omitempty" jsonschema:"description=Attempts that are served at once.,minimum=1,default=1"`
	ServiceTime units.Duration `yaml:"service_time" json:"service_time" jsonschema:"description=How long each of them takes."`
	Jitter      units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much longer. Uniform; decided by identity."`
	Length      int            `yaml:"length,omitempty" json:"length,omitempty" jsonschema:"description=How many may wait.,minimum=1,default=1000"`
	Limited     `yaml:",inline"`
}

// Defaults implements Config.
func (c *Metastable) Defaults() {
	def(&c.Workers, 1)
	def(&c.Length, 1000)
	c.Limited.defaults(503, false)
}

// queue is the same as a queue.
func (c *Metastable) queue() *Queue {
	return &Queue{
		Workers: c.Workers, ServiceTime: c.ServiceTime, Jitter: c.Jitter, Length: c.Length, Discipline: "fifo", Limited: c.Limited,
	}
}

// New implements Config.
func (c *Metastable) New(Env) (Fault, error) {
	if c.ServiceTime <= 0 {
		return nil, Wrong("service_time", "0s would never be busy: write a time such as 50ms")
	}
	return newQueue(*c.queue(), "metastable", true), c.check()
}

// Capacity implements Bounding.
func (c *Metastable) Capacity() Capacity { return c.queue().Capacity() }

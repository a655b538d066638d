package faults

import (
	"math"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Knee slows everybody down the more attempts are under way: evenly at first, steeply from the knee on, and in the end it
// refuses. That is how servers behave whose queues fill (after the model in Vector's tests of adaptive concurrency).
type Knee struct {
	Base units.Duration `yaml:"base,omitempty" json:"base,omitempty" jsonschema:"description=Delay of a lone attempt.,default=10ms"`
	// Linear is added for every further attempt under way.
	Linear units.Duration `yaml:"linear,omitempty" json:"linear,omitempty" jsonschema:"description=Added for every further attempt under way.,default=1ms"`
	Knee   int            `yaml:"knee" json:"knee" jsonschema:"description=Attempts under way from which the delay grows exponentially.,minimum=1"`
	// Exponent multiplies the delay for each attempt beyond the knee.
	Exponent float64 `yaml:"exponent,omitempty" json:"exponent,omitempty" jsonschema:"description=Multiplies the delay for each attempt beyond the knee.,default=1.2"`
	Limit    int     `yaml:"limit,omitempty" json:"limit,omitempty" jsonschema:"description=Attempts under way beyond which it refuses. Left out: four times the knee.,minimum=1"`
	Limited  `yaml:",inline"`
}

// Defaults implements Config.
func (c *Knee) Defaults() {
	def(&c.Base, units.Duration(10*time.Millisecond))
	def(&c.Linear, units.Duration(time.Millisecond))
	def(&c.Exponent, 1.2)
	def(&c.Limit, 4*c.Knee)
	c.Limited.defaults(503, false)
}

// New implements Config.
func (c *Knee) New(Env) (Fault, error) {
	switch {
	case c.Knee < 1:
		return nil, Wrong("knee", "must be at least 1")
	case c.Limit < c.Knee:
		return nil, Wrong("limit", "%d is less than knee, %d: write more", c.Limit, c.Knee)
	case c.Exponent < 1 || c.Exponent > 100:
		return nil, Wrong("exponent", "%v is out of range: write a number from 1 to 100", c.Exponent)
	}
	return &knee{Knee: *c}, c.check()
}

type knee struct {
	Knee
	inFlight
}

func (f *knee) Act(x *Exchange) bool {
	key := x.ScopeKey(f.Scope)
	n := f.enter(key)
	x.Host.After(func() { f.leave(key) })
	if n > f.Limit {
		f.refuse(x, f, "knee", 0)
		return true
	}
	x.Note("knee wait")
	x.Host.Wait(f.delay(n))
	return false
}

// delay is that of the nth attempt under way.
func (f *knee) delay(n int) time.Duration {
	d := float64(f.Base) + float64(n-1)*float64(f.Linear)
	if n > f.Knee.Knee {
		d *= math.Pow(f.Exponent, float64(n-f.Knee.Knee))
	}
	return time.Duration(min(d, float64(time.Hour)))
}

// Capacity implements Bounding: nobody is faster than the base delay.
func (c *Knee) Capacity() Capacity {
	return Capacity{Scope: c.Scope, Allows: func(t time.Duration) float64 {
		return float64(c.Limit) * (t.Seconds()/c.Base.D().Seconds() + 1)
	}}
}

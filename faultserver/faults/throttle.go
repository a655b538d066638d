package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// Throttle is a token bucket: Rate tokens per second up to Burst; an attempt that finds no token is refused.
type Throttle struct {
	Rate    units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Tokens per second. One token pays one attempt."`
	Burst   int        `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket.,minimum=1,default=1"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *Throttle) Defaults() {
	def(&c.Burst, 1)
	c.Limited.defaults(429, true)
}

func (c *Throttle) model(time.Time) limits.Model {
	return &limits.TokenBucket{Rate: float64(c.Rate), Burst: float64(c.Burst)}
}

// New implements Config.
func (c *Throttle) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "a bucket that never fills lets only its burst through: write a rate such as 20/s")
	}
	kept := *c
	return newLimit(c.Limited, "throttle", false, kept.model)
}

// Capacity implements Bounding.
func (c *Throttle) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

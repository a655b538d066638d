package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// LeakyBucket handles requests one by one at an even pace; so many may wait, those beyond are refused.
type LeakyBucket struct {
	Rate    units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Requests per second that are handled."`
	Queue   int        `yaml:"queue,omitempty" json:"queue,omitempty" jsonschema:"description=How many may wait. Left out: none.,minimum=0"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *LeakyBucket) Defaults() { c.Limited.defaults(429, true) }

func (c *LeakyBucket) model(time.Time) limits.Model {
	return &limits.LeakyBucket{Rate: float64(c.Rate), Queue: float64(c.Queue)}
}

// New implements Config.
func (c *LeakyBucket) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "must be more than 0/s")
	}
	kept := *c
	return newLimit(c.Limited, "leaky_bucket", false, kept.model)
}

// Capacity implements Bounding.
func (c *LeakyBucket) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

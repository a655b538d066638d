package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// GCRA is the Generic Cell Rate Algorithm. It admits what a token bucket of the same numbers does.
type GCRA struct {
	Rate    units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Requests per second."`
	Burst   int        `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Requests that may come at once.,minimum=1,default=1"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *GCRA) Defaults() {
	def(&c.Burst, 1)
	c.Limited.defaults(429, true)
}

func (c *GCRA) model(time.Time) limits.Model {
	return &limits.GCRA{Rate: float64(c.Rate), Burst: float64(c.Burst)}
}

// New implements Config.
func (c *GCRA) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "must be more than 0/s")
	}
	kept := *c
	return newLimit(c.Limited, "gcra", false, kept.model)
}

// Capacity implements Bounding.
func (c *GCRA) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

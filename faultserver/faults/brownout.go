package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// Brownout is a token bucket that loses capacity when it has to refuse much, and gets it back only when the load has
// fallen well below what is left. Clients that come back too eagerly keep it down.
type Brownout struct {
	Rate  units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Requests per second at full capacity."`
	Burst int        `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket.,minimum=1,default=1"`
	// Factor is what is left of the rate while it is down.
	Factor units.Share `yaml:"factor,omitempty" json:"factor,omitempty" jsonschema:"description=What is left of the rate while it is down.,default=50%"`
	// Trip is the share of refusals in a second beyond which it goes down.
	Trip units.Share `yaml:"trip,omitempty" json:"trip,omitempty" jsonschema:"description=Share of refusals in a second beyond which it goes down.,default=50%"`
	// Recover is the share of what is left that may be asked for in the second after which it comes back.
	Recover units.Share `yaml:"recover,omitempty" json:"recover,omitempty" jsonschema:"description=It comes back after a second in which at most this share of what is left was asked for.,default=80%"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *Brownout) Defaults() {
	def(&c.Burst, 1)
	def(&c.Factor, 0.5)
	def(&c.Trip, 0.5)
	def(&c.Recover, 0.8)
	c.Limited.defaults(503, true)
}

func (c *Brownout) model(time.Time) limits.Model {
	return &limits.Brownout{
		Rate: float64(c.Rate), Burst: float64(c.Burst), Factor: float64(c.Factor), Trip: float64(c.Trip), Recover: float64(c.Recover),
	}
}

// New implements Config.
func (c *Brownout) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "must be more than 0/s")
	}
	kept := *c
	return newLimit(c.Limited, "brownout", false, kept.model)
}

// Capacity implements Bounding.
func (c *Brownout) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

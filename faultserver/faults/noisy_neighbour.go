package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// NoisyNeighbour is a token bucket that others use too, in waves: what is left for the client rises and falls.
type NoisyNeighbour struct {
	Rate    units.Rate     `yaml:"rate" json:"rate" jsonschema:"description=Requests per second for everybody together."`
	Burst   int            `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket.,minimum=1,default=1"`
	Share   units.Share    `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the rate that others take at the top of a wave.,default=80%"`
	Period  units.Duration `yaml:"period,omitempty" json:"period,omitempty" jsonschema:"description=Length of a wave.,default=10s"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *NoisyNeighbour) Defaults() {
	def(&c.Burst, 1)
	def(&c.Share, 0.8)
	def(&c.Period, units.Duration(10*time.Second))
	c.Limited.defaults(429, true)
}

func (c *NoisyNeighbour) model(time.Time) limits.Model {
	return &limits.Neighbour{Rate: float64(c.Rate), Burst: float64(c.Burst), Share: float64(c.Share), Period: c.Period.D()}
}

// New implements Config.
func (c *NoisyNeighbour) New(Env) (Fault, error) {
	switch {
	case c.Rate <= 0:
		return nil, Wrong("rate", "must be more than 0/s")
	case c.Share >= 1:
		return nil, Wrong("share", "100%% would leave nothing: write less")
	}
	kept := *c
	return newLimit(c.Limited, "noisy_neighbour", false, kept.model)
}

// Capacity implements Bounding.
func (c *NoisyNeighbour) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

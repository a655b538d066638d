package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// SlidingWindow takes so many requests in any stretch of time of this length.
type SlidingWindow struct {
	Limit   int            `yaml:"limit" json:"limit" jsonschema:"description=Requests in a window.,minimum=1,maximum=1000000"`
	Window  units.Duration `yaml:"window,omitempty" json:"window,omitempty" jsonschema:"description=How long a window is.,default=1s"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *SlidingWindow) Defaults() {
	def(&c.Window, units.Duration(time.Second))
	c.Limited.defaults(429, true)
}

func (c *SlidingWindow) model(time.Time) limits.Model {
	return &limits.SlidingWindow{Limit: float64(c.Limit), Window: c.Window.D()}
}

// New implements Config.
func (c *SlidingWindow) New(Env) (Fault, error) {
	if c.Limit < 1 {
		return nil, Wrong("limit", "must be at least 1")
	}
	kept := *c
	return newLimit(c.Limited, "sliding_window", false, kept.model)
}

// Capacity implements Bounding.
func (c *SlidingWindow) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

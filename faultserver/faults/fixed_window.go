package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// FixedWindow takes so many requests in each window of time. Twice as many get through around the end of one.
type FixedWindow struct {
	Limit  int            `yaml:"limit" json:"limit" jsonschema:"description=Requests in a window.,minimum=1"`
	Window units.Duration `yaml:"window,omitempty" json:"window,omitempty" jsonschema:"description=How long a window is.,default=1s"`
	// Phase is when the first whole window of the trial begins.
	Phase   units.Duration `yaml:"phase,omitempty" json:"phase,omitempty" jsonschema:"description=When the first whole window of the trial begins."`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *FixedWindow) Defaults() {
	def(&c.Window, units.Duration(time.Second))
	c.Limited.defaults(429, true)
}

func (c *FixedWindow) model(start time.Time) limits.Model {
	return &limits.FixedWindow{Limit: float64(c.Limit), Window: c.Window.D(), Start: start.Add(c.Phase.D())}
}

// New implements Config.
func (c *FixedWindow) New(Env) (Fault, error) {
	if c.Limit < 1 {
		return nil, Wrong("limit", "must be at least 1")
	}
	kept := *c
	return newLimit(c.Limited, "fixed_window", false, kept.model)
}

// Capacity implements Bounding.
func (c *FixedWindow) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

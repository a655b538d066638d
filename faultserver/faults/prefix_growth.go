package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// PrefixGrowth is a limit that grows with the load, as S3's does for each prefix: whoever raises the load slowly gets
// through, whoever comes at once is told to slow down.
type PrefixGrowth struct {
	Start units.Rate `yaml:"start" json:"start" jsonschema:"description=Requests per second that are taken at first."`
	// Step is added for each second in which at least four fifths were used, and taken off again for each in which less
	// than half was.
	Step    units.Rate `yaml:"step,omitempty" json:"step,omitempty" jsonschema:"description=Added for each second in which at least four fifths were used. Left out: a tenth of start."`
	Ceiling units.Rate `yaml:"ceiling,omitempty" json:"ceiling,omitempty" jsonschema:"description=The most. Left out: ten times start."`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *PrefixGrowth) Defaults() {
	def(&c.Step, c.Start/10)
	def(&c.Ceiling, c.Start*10)
	def(&c.Scope, ScopePrefix)
	c.Limited.defaults(503, true)
}

func (c *PrefixGrowth) model(time.Time) limits.Model {
	return &limits.Growth{First: float64(c.Start), Step: float64(c.Step), Ceiling: float64(c.Ceiling)}
}

// New implements Config.
func (c *PrefixGrowth) New(Env) (Fault, error) {
	switch {
	case c.Start < 1:
		return nil, Wrong("start", "must be at least 1/s")
	case c.Ceiling < c.Start:
		return nil, Wrong("ceiling", "%s is less than start, %s: write more", c.Ceiling, c.Start)
	}
	kept := *c
	return newLimit(c.Limited, "prefix_growth", false, kept.model)
}

// Capacity implements Bounding.
func (c *PrefixGrowth) Capacity() Capacity { return capacity(c.Limited, false, c.model(time.Time{})) }

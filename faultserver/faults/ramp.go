package faults

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Ramp delays requests, and by more and more (or less and less) over the trial's time.
type Ramp struct {
	From units.Duration `yaml:"from,omitempty" json:"from,omitempty" jsonschema:"description=Delay when the trial begins."`
	To   units.Duration `yaml:"to,omitempty" json:"to,omitempty" jsonschema:"description=Delay at the end of the ramp and from then on."`
	Over units.Duration `yaml:"over" json:"over" jsonschema:"description=How long the ramp is."`
}

// Defaults implements Config.
func (*Ramp) Defaults() {}

// New implements Config.
func (c *Ramp) New(Env) (Fault, error) {
	switch {
	case c.Over <= 0:
		return nil, Wrong("over", "0s is no ramp: write a time such as 30s")
	case c.From == c.To:
		return nil, Wrong("to", "is the same as from: write another, or use latency")
	}
	return ramp{*c}, nil
}

type ramp struct{ Ramp }

func (f ramp) Act(x *Exchange) bool {
	x.Note("ramp")
	done := min(1, max(0, x.Host.Since(x.Arrived).Seconds()/f.Over.D().Seconds()))
	x.Host.Wait(f.From.D() + time.Duration(done*float64(f.To-f.From)))
	return false
}

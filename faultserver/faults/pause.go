package faults

import (
	"github.com/ratebench/ratebench/internal/units"
)

// Pause holds every request until it is over, as if the process had been stopped and then continued: For from the
// beginning of the rule's window or phase. Then all of them go on at once.
type Pause struct {
	For units.Duration `yaml:"for" json:"for" jsonschema:"description=How long it lasts from the beginning of the rule's window."`
}

// Defaults implements Config.
func (*Pause) Defaults() {}

// New implements Config.
func (c *Pause) New(Env) (Fault, error) {
	if c.For <= 0 {
		return nil, Wrong("for", "0s is no pause: write a time such as 5s")
	}
	return pause{*c}, nil
}

type pause struct{ Pause }

func (f pause) Act(x *Exchange) bool {
	left := x.Began + f.For.D() - x.Host.Since(x.Arrived)
	if left <= 0 {
		return false
	}
	x.Note("pause")
	x.Host.Wait(left)
	return false
}

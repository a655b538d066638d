package faults

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Restart is what clients see of a server that restarts: all connections are reset, and new ones refused until it is up
// again. It happens at the beginning of each window or phase of the rule, or when the trial begins.
type Restart struct {
	DownFor units.Duration `yaml:"down_for" json:"down_for" jsonschema:"description=How long the port is closed."`
}

// Defaults implements Config.
func (*Restart) Defaults() {}

// New implements Config.
func (c *Restart) New(Env) (Fault, error) {
	if c.DownFor <= 0 {
		return nil, Wrong("down_for", "0s is no restart: write a time such as 2s")
	}
	return restart{*c}, nil
}

type restart struct{ Restart }

// Act lets attempts pass.
func (restart) Act(*Exchange) bool { return false }

// Refuse implements Refusing.
func (f restart) Refuse() (time.Duration, bool) { return f.DownFor.D(), true }

package faults

import (
	"github.com/ratebench/ratebench/internal/units"
)

// StaleKeepalive resets a connection that has been idle for so long when its next request comes: the race that every pool
// of connections loses now and then.
type StaleKeepalive struct {
	Idle units.Duration `yaml:"idle,omitempty" json:"idle,omitempty" jsonschema:"description=How long it must have been idle. Left out: any reuse is too late."`
}

// Defaults implements Config.
func (*StaleKeepalive) Defaults() {}

// New implements Config.
func (c *StaleKeepalive) New(Env) (Fault, error) { return staleKeepalive{*c}, nil }

type staleKeepalive struct{ StaleKeepalive }

func (f staleKeepalive) Act(x *Exchange) bool {
	if x.Conn == nil || x.Conn.Requests() < 2 || x.Conn.Idle() < f.Idle.D() {
		return false
	}
	x.Note("stale_keepalive")
	x.Host.Kill(true)
	return true
}

// BodyRead implements Reading.
func (staleKeepalive) BodyRead(int64) int64 { return 0 }

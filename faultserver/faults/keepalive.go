package faults

import (
	"net/http"

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

// MaxRequests closes a connection after so many requests.
type MaxRequests struct {
	N int `yaml:"n" json:"n" jsonschema:"description=Requests on one connection.,minimum=1"`
	// Announce says so in the last answer (Connection: close). False: the connection just ends, and a client that is
	// about to use it again finds out.
	Announce bool `yaml:"announce,omitempty" json:"announce,omitempty" jsonschema:"description=The last answer says so. Left out: the connection just ends."`
}

// Defaults implements Config.
func (*MaxRequests) Defaults() {}

// New implements Config.
func (c *MaxRequests) New(Env) (Fault, error) {
	if c.N < 1 {
		return nil, Wrong("n", "must be at least 1")
	}
	return maxRequests{*c}, nil
}

type maxRequests struct{ MaxRequests }

func (f maxRequests) Act(x *Exchange) bool {
	if x.Conn == nil || x.Conn.Requests() < f.N {
		return false
	}
	x.Note("max_requests")
	if f.Announce {
		x.changeHeader(func(_ int, h http.Header) { h.Set("Connection", "close") })
	} else {
		x.Conn.CloseWhenIdle()
	}
	return false
}

package faults

import "net/http"

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

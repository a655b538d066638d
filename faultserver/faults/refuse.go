package faults

import (
	"time"
)

// Refuse closes the port while it is active: new connections are refused by the system (ECONNREFUSED), those that are open
// go on. Only time and phases can say when, since nothing is known of a connection that never was. Behind a listener that
// is no TCP port connections are accepted and reset instead.
type Refuse struct{}

// Defaults implements Config.
func (*Refuse) Defaults() {}

// New implements Config.
func (*Refuse) New(Env) (Fault, error) { return refuse{}, nil }

type refuse struct{}

// Act lets attempts on open connections pass.
func (refuse) Act(*Exchange) bool { return false }

// Refuse implements Refusing.
func (refuse) Refuse() (time.Duration, bool) { return 0, false }

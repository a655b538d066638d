package faultserver

import (
	"fmt"
	"time"
)

// fault is what a rule does to an attempt: one small file each. Its methods are safe for concurrent use.
type fault interface {
	// act carries the fault out. It returns false if the attempt goes on to the next rule: the fault let it pass, or
	// only delayed it.
	act(x *exchange) (done bool)
}

// hinting is a fault whose answers can tell clients when to come back. scopeOf names what shares one hint.
type hinting interface {
	scopeOf(x *exchange) string
}

// rule is a Rule made ready to act.
type rule struct {
	Rule
	fault   fault
	windows []window
	// arrivals counts matching arrivals for When.Every; guarded by Server.mu.
	arrivals int
}

// compile checks a rule and makes it ready.
func compile(r Rule, phases []Phase) (*rule, error) {
	c := &rule{Rule: r}
	var err error
	if c.windows, err = r.When.windows(phases); err != nil {
		return nil, fmt.Errorf("fault rule %q: %w", r.Name, err)
	}
	n := 0
	if r.Throttle != nil {
		n++
		if r.Throttle.Rate <= 0 {
			return nil, fmt.Errorf("fault rule %q: throttle.rate must be more than 0/s", r.Name)
		}
		c.fault = newThrottle(*r.Throttle)
	}
	if r.Status != nil {
		n++
		if r.Status.Code < 400 || r.Status.Code > 599 {
			return nil, fmt.Errorf("fault rule %q: status.code %d is no error status (400 to 599)", r.Name, r.Status.Code)
		}
		c.fault = statusFault{*r.Status}
	}
	if r.Reset != nil {
		n++
		if c.fault, err = newReset(*r.Reset); err != nil {
			return nil, fmt.Errorf("fault rule %q: %w", r.Name, err)
		}
	}
	if r.Latency != nil {
		n++
		c.fault = latencyFault{*r.Latency}
	}
	if n != 1 {
		return nil, fmt.Errorf("fault rule %q: exactly one of throttle, status, reset and latency must be set, not %d", r.Name, n)
	}
	return c, nil
}

// Kind names what a fault does and says what it is for.
type Kind struct{ Name, Summary string }

// Builtin lists every kind of fault, as they are called in a scenario.
func Builtin() []Kind {
	return []Kind{
		{"throttle", "token bucket: 429 or 503 SlowDown when it is empty, with or without Retry-After; depends on the order of arrival"},
		{"status", "an error answer before the body is read, with S3's XML body; decided by identity"},
		{"reset", "TCP reset before the body, in the middle of it, or after the commit with the response lost; decided by identity"},
		{"latency", "time added before the request is handled; decided by identity"},
	}
}

// sinceStart is the trial's time.
func (s *Server) sinceStart(now time.Time) time.Duration {
	return now.Sub(s.start.Load().(time.Time))
}

package faultserver

import (
	"fmt"
	"sync/atomic"

	"github.com/ratebench/ratebench/faultserver/faults"
)

// rule is a Rule made ready to act.
type rule struct {
	Rule
	fault    faults.Fault
	kind     *faults.Kind
	windows  []window
	hash     uint64 // of the name, for the dice
	arrivals atomic.Int64
}

// compile checks a rule and makes it ready.
func compile(r Rule, phases []Phase, env faults.Env) (*rule, error) {
	c := &rule{Rule: r, hash: hashName(r.Name)}
	env.Rule = r.Name
	var err error
	if c.windows, err = r.When.windows(phases); err != nil {
		return nil, fmt.Errorf("fault rule %q: %w", r.Name, err)
	}
	if c.fault, c.kind, err = c.Do.New(env); err != nil {
		return nil, fmt.Errorf("fault rule %q: %w", r.Name, err)
	}
	return c, nil
}

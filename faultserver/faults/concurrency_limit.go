package faults

// ConcurrencyLimit refuses attempts while too many are under way.
type ConcurrencyLimit struct {
	Limit   int `yaml:"limit" json:"limit" jsonschema:"description=Attempts under way.,minimum=1"`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *ConcurrencyLimit) Defaults() { c.Limited.defaults(503, false) }

// New implements Config.
func (c *ConcurrencyLimit) New(Env) (Fault, error) {
	if c.Limit < 1 {
		return nil, Wrong("limit", "must be at least 1")
	}
	return &concurrencyLimit{ConcurrencyLimit: *c}, c.check()
}

type concurrencyLimit struct {
	ConcurrencyLimit
	inFlight
}

func (f *concurrencyLimit) Act(x *Exchange) bool {
	key := x.ScopeKey(f.Scope)
	n := f.enter(key)
	x.Host.After(func() { f.leave(key) })
	if n <= f.Limit {
		return false
	}
	f.refuse(x, f, "concurrency_limit", 0)
	return true
}

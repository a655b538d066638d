package faults

// MaxConnections resets connections beyond a number.
type MaxConnections struct {
	N int `yaml:"n" json:"n" jsonschema:"description=How many may be open.,minimum=1"`
	// Scope is all (default) or client.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=Whose connections are counted together.,enum=all,enum=client,default=all"`
}

// Defaults implements Config.
func (c *MaxConnections) Defaults() { def(&c.Scope, ScopeAll) }

// New implements Config.
func (c *MaxConnections) New(Env) (Fault, error) {
	if c.N < 1 {
		return nil, Wrong("n", "must be at least 1")
	}
	return maxConnections{*c}, nil
}

type maxConnections struct{ MaxConnections }

// Act lets attempts pass.
func (maxConnections) Act(*Exchange) bool { return false }

// Accept implements Accepting.
func (f maxConnections) Accept(o Opening) Fate {
	open := o.Open
	if f.Scope == ScopeClient {
		open = o.OpenClient
	}
	over := open > f.N
	return Fate{End: over, RST: over}
}

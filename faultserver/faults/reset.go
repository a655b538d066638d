package faults

// Reset ends the connection with a TCP RST: the peer gets ECONNRESET.
type Reset struct {
	Cut `yaml:",inline"`
}

// Defaults implements Config.
func (c *Reset) Defaults() { c.Cut.defaults() }

// New implements Config.
func (c *Reset) New(Env) (Fault, error) { return &reset{c.Cut}, c.check() }

type reset struct{ Cut }

func (f *reset) Act(x *Exchange) bool { return f.act(x, "reset", true) }

// Accept implements Accepting.
func (f *reset) Accept(Opening) Fate {
	if !f.Early() {
		return Fate{}
	}
	return f.fate(true)
}

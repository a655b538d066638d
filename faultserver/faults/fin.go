package faults

// Fin ends the connection in order, with a TCP FIN: the peer reads an end of file in the middle of things.
type Fin struct {
	Cut `yaml:",inline"`
}

// Defaults implements Config.
func (c *Fin) Defaults() { c.Cut.defaults() }

// New implements Config.
func (c *Fin) New(Env) (Fault, error) { return &fin{c.Cut}, c.check() }

type fin struct{ Cut }

func (f *fin) Act(x *Exchange) bool { return f.act(x, "fin", false) }

// Accept implements Accepting.
func (f *fin) Accept(Opening) Fate {
	if !f.Early() {
		return Fate{}
	}
	return f.fate(false)
}

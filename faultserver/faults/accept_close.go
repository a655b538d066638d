package faults

// AcceptClose accepts connections and ends them at once.
type AcceptClose struct {
	// RST ends them with a reset. False: in order, with a FIN.
	RST bool `yaml:"rst,omitempty" json:"rst,omitempty" jsonschema:"description=With a RST. Left out: with a FIN."`
}

// Defaults implements Config.
func (*AcceptClose) Defaults() {}

// New implements Config.
func (c *AcceptClose) New(Env) (Fault, error) { return acceptClose{*c}, nil }

type acceptClose struct{ AcceptClose }

// Act lets attempts pass: what there was to do was done when the connection came.
func (acceptClose) Act(*Exchange) bool { return false }

// Accept implements Accepting.
func (f acceptClose) Accept(Opening) Fate { return Fate{End: true, RST: f.RST} }

package faults

import "github.com/ratebench/ratebench/internal/units"

// Truncate ends an answer's body early: the client sees io.ErrUnexpectedEOF, or what its language calls that. An answer
// without a body passes as it is.
type Truncate struct {
	// Bytes of the body are sent. Zero: Share decides.
	Bytes units.Size `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=How much of the body is sent. Left out: share decides."`
	// Share of a body whose length is known is sent. Zero: half.
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body that is sent where its length is known. Default 50%."`
}

// Defaults implements Config.
func (c *Truncate) Defaults() {
	if c.Bytes == 0 {
		def(&c.Share, 0.5)
	}
}

// New implements Config.
func (c *Truncate) New(Env) (Fault, error) {
	cut := Cut{At: "mid_response", Bytes: c.Bytes, Share: c.Share}
	return &truncate{cut}, cut.check()
}

type truncate struct{ Cut }

func (f *truncate) Act(x *Exchange) bool { return f.act(x, "truncate", false) }

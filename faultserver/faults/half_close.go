package faults

import "github.com/ratebench/ratebench/internal/units"

// HalfClose sends a part of the answer, ends its own side of the connection with a FIN, and goes on reading what the
// client sends.
type HalfClose struct {
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the answer that is sent where its length is known. Default 50%."`
	Bytes units.Size  `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=An offset instead of a share."`
	// For is how long the server goes on reading. Zero: 10 s.
	For units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=How long the server goes on reading.,default=10s"`
}

// Defaults implements Config.
func (c *HalfClose) Defaults() {
	if c.Bytes == 0 {
		def(&c.Share, 0.5)
	}
	def(&c.For, units.Duration(10e9))
}

// New implements Config.
func (c *HalfClose) New(Env) (Fault, error) {
	cut := Cut{At: "mid_response", Bytes: c.Bytes, Share: c.Share}
	return &halfClose{cut, *c}, cut.check()
}

type halfClose struct {
	Cut
	config HalfClose
}

func (f *halfClose) Act(x *Exchange) bool {
	w := &cutAnswer{ResponseWriter: x.W, x: x, c: &f.Cut, name: "half_close"}
	x.Host.Pass(w)
	if w.cut {
		x.Host.HalfClose(f.config.For.D())
	}
	return true
}

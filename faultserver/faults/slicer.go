package faults

import (
	"net/http"

	"github.com/ratebench/ratebench/internal/units"
)

// Slicer sends the answer in small pieces, each of its own packet, with a wait between them.
type Slicer struct {
	Size units.Size `yaml:"size" json:"size" jsonschema:"description=Bytes in a piece."`
	// Variation makes each piece up to this much longer or shorter, decided by identity.
	Variation units.Size     `yaml:"variation,omitempty" json:"variation,omitempty" jsonschema:"description=Each piece is up to so much longer or shorter."`
	Delay     units.Duration `yaml:"delay,omitempty" json:"delay,omitempty" jsonschema:"description=Wait between two pieces."`
}

// Defaults implements Config.
func (*Slicer) Defaults() {}

// New implements Config.
func (c *Slicer) New(Env) (Fault, error) {
	switch {
	case c.Size < 1:
		return nil, Wrong("size", "must be at least 1B")
	case c.Variation >= c.Size:
		return nil, Wrong("variation", "%s is not less than size, %s: pieces could be empty", c.Variation, c.Size)
	}
	return slicer{*c}, nil
}

type slicer struct{ Slicer }

func (f slicer) Act(x *Exchange) bool {
	x.Note("slicer")
	host := x.Host // another rule may be acting by then
	size := func(n int) int {
		spread := (2*host.Dice(byte(n)) - 1) * float64(f.Variation)
		return int(f.Size) + int(spread)
	}
	x.W = &sliced{pieces{ResponseWriter: x.W, before: func(n int) bool { return n == 0 || x.Host.Wait(f.Delay.D()) }}, size}
	return false
}

// sliced cuts what is written into pieces. size says how long the nth may be.
type sliced struct {
	pieces
	size func(n int) int
}

func (w *sliced) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *sliced) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var m int
		m, err = w.pieces.Write(p[:min(len(p), w.size(w.n))])
		n += m
		p = p[m:]
	}
	return n, err
}

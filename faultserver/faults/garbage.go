package faults

import (
	"math/rand/v2"

	"github.com/ratebench/ratebench/internal/units"
)

// Garbage sends random bytes where an HTTP answer should be.
type Garbage struct {
	// Bytes is how many. Zero: 512.
	Bytes   units.Size `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=How many bytes.,default=512B"`
	Commits `yaml:",inline"`
}

const maxGarbage = 1 << 20

// Defaults implements Config.
func (c *Garbage) Defaults() {
	if c.Bytes == 0 {
		c.Bytes = 512
	}
}

// New implements Config.
func (c *Garbage) New(Env) (Fault, error) {
	if c.Bytes > maxGarbage {
		return nil, Wrong("bytes", "%s is too much: write at most 1MiB", c.Bytes)
	}
	return garbage{*c}, nil
}

type garbage struct{ Garbage }

func (f garbage) Act(x *Exchange) bool {
	x.Note("garbage")
	f.before(x)
	r := rand.New(rand.NewPCG(uint64(x.Dice(1)*(1<<53)), 0))
	b := make([]byte, f.Bytes)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	x.Host.Raw(0, b)
	return true
}

package faults

import (
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Dribble sends the answer in drops that take a time in all.
type Dribble struct {
	// Chunks is how many drops. Zero: 10.
	Chunks int            `yaml:"chunks,omitempty" json:"chunks,omitempty" jsonschema:"description=How many drops.,default=10,minimum=1,maximum=100000"`
	Total  units.Duration `yaml:"total" json:"total" jsonschema:"description=How long they take together."`
}

// Defaults implements Config.
func (c *Dribble) Defaults() { def(&c.Chunks, 10) }

// New implements Config.
func (c *Dribble) New(Env) (Fault, error) {
	if c.Total <= 0 {
		return nil, Wrong("total", "0s would be no delay: write a time such as 5s")
	}
	return dribble{*c}, nil
}

type dribble struct{ Dribble }

func (f dribble) Act(x *Exchange) bool {
	x.Note("dribble")
	w := x.W
	size := func(int) int { // where the length is not known, of 4 KiB
		length, err := strconv.Atoi(w.Header().Get("Content-Length"))
		if err != nil {
			length = 4 << 10
		}
		return max(1, (length+f.Chunks-1)/f.Chunks)
	}
	each := f.Total.D() / time.Duration(f.Chunks)
	x.W = &sliced{pieces{ResponseWriter: w, before: func(int) bool { return x.Host.Wait(each) }}, size}
	return false
}

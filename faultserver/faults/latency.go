package faults

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Latency delays the handling of a request, before its body is read.
type Latency struct {
	Add units.Duration `yaml:"add" json:"add" jsonschema:"description=Delay added to each matching request."`
	// Jitter adds up to this much more, uniformly, decided by identity.
	Jitter units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much more. Uniform."`
}

// Defaults implements Config.
func (*Latency) Defaults() {}

// New implements Config.
func (c *Latency) New(Env) (Fault, error) { return latency{*c}, nil }

type latency struct{ Latency }

func (f latency) Act(x *Exchange) bool {
	d := f.Add.D()
	if f.Jitter > 0 {
		d += time.Duration(x.Dice(1) * float64(f.Jitter))
	}
	x.Note("latency")
	x.Host.Wait(d)
	return false
}

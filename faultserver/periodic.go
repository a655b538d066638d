package faultserver

import (
	"math"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// Periodic acts for a part of each period of the trial's time.
type Periodic struct {
	Every units.Duration `yaml:"every" json:"every" jsonschema:"description=Length of a period."`
	For   units.Duration `yaml:"for" json:"for" jsonschema:"description=For how long of each period it acts."`
	// Offset is when the first period begins.
	Offset units.Duration `yaml:"offset,omitempty" json:"offset,omitempty" jsonschema:"description=When the first period begins."`
	// Jitter moves the beginning in each period by up to so much, by a hash of seed, rule and the period's number.
	Jitter units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to so much later in each period decided by the seed."`
}

func (p *Periodic) check() error {
	if p.Every <= 0 || p.For <= 0 || p.For+p.Jitter > p.Every {
		return faults.Wrong("periodic.for", "%s and a jitter of %s do not fit into a period of %s", p.For, p.Jitter, p.Every)
	}
	return nil
}

// condition is a stateful part of a schedule, made for one rule. at is the trial's time; roll the identity's dice.
type condition interface {
	holds(at time.Duration, x *faults.Exchange, roll func(salt byte) float64) bool
}

type periodic struct {
	Periodic
	seed uint64 // of seed and rule
}

func (p *periodic) holds(at time.Duration, _ *faults.Exchange, _ func(byte) float64) bool {
	n := math.Floor(float64(at-p.Offset.D()) / float64(p.Every))
	if n < 0 {
		return false
	}
	begin := p.Offset.D() + time.Duration(n)*p.Every.D() + time.Duration(timeDice(p.seed, uint64(n))*float64(p.Jitter))
	return at >= begin && at < begin+p.For.D()
}

// timeDice is a number in [0, 1) for the nth step of a rule's own clock.
func timeDice(seed, n uint64) float64 {
	return float64(mix(seed^mix(n+1))>>11) / (1 << 53)
}

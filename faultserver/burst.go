package faultserver

import (
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// Burst is the Gilbert-Elliott model: good and bad spells with a chance to act in each. The mean length of a bad spell is
// 1/ToGood steps, and ToBad / (ToBad + ToGood) of all steps are bad.
type Burst struct {
	ToBad  units.Share `yaml:"to_bad" json:"to_bad" jsonschema:"description=Chance per step that a good spell ends."`
	ToGood units.Share `yaml:"to_good" json:"to_good" jsonschema:"description=Chance per step that a bad spell ends."`
	// Good and Bad are the chances to act in a spell, by identity. Bad zero: always.
	Good units.Share `yaml:"good,omitempty" json:"good,omitempty" jsonschema:"description=Chance to act in a good spell. Left out: none."`
	Bad  units.Share `yaml:"bad,omitempty" json:"bad,omitempty" jsonschema:"description=Chance to act in a bad spell. Left out: certain."`
	// Clock is what makes a step: second (default) or request. By the second spells are a function of the seed, and do not
	// depend on how much is sent.
	Clock string `yaml:"clock,omitempty" json:"clock,omitempty" jsonschema:"description=What makes a step. By the second spells do not depend on the load.,enum=second,enum=request,default=second"`
}

func (b *Burst) check() error {
	if b.ToBad == 0 || b.ToGood == 0 {
		return faults.Wrong("burst", "to_bad and to_good must be more than 0%%, or a spell never ends")
	}
	return nil
}

type burst struct {
	Burst
	seed uint64
	mu   sync.Mutex
	step uint64
	bad  bool
}

func (b *burst) holds(at time.Duration, _ *faults.Exchange, roll func(byte) float64) bool {
	p := b.Good
	if b.inBad(at) {
		if p = b.Bad; p == 0 {
			p = 1
		}
	}
	return p > 0 && roll(3) < float64(p)
}

// inBad goes on to the step that a request is in.
func (b *burst) inBad(at time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	to := b.step + 1
	if b.Clock != "request" {
		to = uint64(max(at, 0) / time.Second)
	}
	for ; b.step < to; b.step++ {
		leave := b.ToBad
		if b.bad {
			leave = b.ToGood
		}
		if timeDice(b.seed, b.step) < float64(leave) {
			b.bad = !b.bad
		}
	}
	return b.bad
}

package faults

import (
	"fmt"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Penalty refuses with a hint, and watches whether it is kept: whoever comes back early is refused again, and the wait
// starts anew and grows. After a wait that was kept everything is forgotten and the dice are thrown again.
//
// Its own probability is used instead of the schedule's, since a client under a penalty must not be let through by the
// dice.
type Penalty struct {
	// Probability that an attempt by a client under no penalty is refused. Zero: always.
	Probability units.Share `yaml:"probability,omitempty" json:"probability,omitempty" jsonschema:"description=Chance of being refused where no penalty holds decided by identity. Left out: always."`
	// Wait is the first one. Zero: 1 s.
	Wait units.Duration `yaml:"wait,omitempty" json:"wait,omitempty" jsonschema:"description=The first wait.,default=1s"`
	// Multiplier makes every further wait longer. Zero: 2.
	Multiplier float64 `yaml:"multiplier,omitempty" json:"multiplier,omitempty" jsonschema:"description=Each early return makes the wait so many times longer.,default=2"`
	// Most is the longest wait. Zero: 1 min.
	Most units.Duration `yaml:"most,omitempty" json:"most,omitempty" jsonschema:"description=The longest wait.,default=1m"`
	// BanAfter so many early returns in a row everything is refused with 403 and no hint, for BanFor. Zero: never.
	BanAfter int            `yaml:"ban_after,omitempty" json:"ban_after,omitempty" jsonschema:"description=After so many early returns in a row a client is shut out with 403. Left out: never.,minimum=1"`
	BanFor   units.Duration `yaml:"ban_for,omitempty" json:"ban_for,omitempty" jsonschema:"description=For how long it is shut out.,default=10m"`
	Scope    string         `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares one penalty.,enum=all,enum=client,enum=connection,enum=key,enum=prefix,enum=upload,default=client"`
	Status   int            `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=HTTP status of the refusal.,minimum=400,maximum=599,default=429"`
	Answer   `yaml:",inline"`
}

// Defaults implements Config.
func (c *Penalty) Defaults() {
	def(&c.Wait, units.Duration(time.Second))
	def(&c.Multiplier, 2)
	def(&c.Most, units.Duration(time.Minute))
	if c.BanAfter > 0 {
		def(&c.BanFor, units.Duration(10*time.Minute))
	}
	def(&c.Scope, ScopeClient)
	def(&c.Status, 429)
	c.Answer.defaults(c.Status, true)
}

// New implements Config.
func (c *Penalty) New(Env) (Fault, error) {
	switch {
	case c.Multiplier < 1:
		return nil, Wrong("multiplier", "%v would make waits shorter: write 1 or more", c.Multiplier)
	case c.Most < c.Wait:
		return nil, Wrong("most", "%s is less than wait, %s: write more", c.Most, c.Wait)
	case c.RetryAfter.Value != 0:
		return nil, Wrong("retry_after.value", "does not go with penalty: write wait instead")
	}
	return &penalty{Penalty: *c, state: newStates[sentence]()}, c.check()
}

type penalty struct {
	Penalty
	mu    sync.Mutex
	state *states[sentence]
}

// sentence is what a scope has to serve.
type sentence struct {
	until time.Time
	early int // returns in a row
	wait  time.Duration
}

func (f *penalty) Act(x *Exchange) bool {
	s, ok := f.judge(x)
	if !ok {
		return false
	}
	if f.BanAfter > 0 && s.early >= f.BanAfter {
		x.Note("penalty ban")
		x.Refuse(f, 403, Answer{Body: f.Body, RetryAfter: RetryAfter{Form: formNone}}, 0)
		return true
	}
	x.Note(fmt.Sprintf("penalty %d", f.Status))
	x.Refuse(f, f.Status, f.Answer, s.wait)
	return true
}

// judge says what the attempt gets, if anything.
func (f *penalty) judge(x *Exchange) (sentence, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	s := f.state.get(x.ScopeKey(f.Scope))
	switch {
	case now.Before(s.until):
		s.early++
		s.wait = min(time.Duration(float64(s.wait)*f.Multiplier), f.Most.D())
		if f.BanAfter > 0 && s.early >= f.BanAfter {
			s.wait = f.BanFor.D()
		}
	case f.Probability == 0 || x.Dice(1) < float64(f.Probability):
		*s = sentence{wait: f.Wait.D()}
	default:
		return sentence{}, false
	}
	s.until = now.Add(s.wait)
	return *s, true
}

// HintScope implements Hinting.
func (f *penalty) HintScope(x *Exchange) string { return x.ScopeKey(f.Scope) }

package faultserver

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
)

// Rule says which requests (Match), when (When) and what goes wrong (exactly one field of Do). Rules are asked in the
// order they are written: what only delays adds up, and the first rule that does more decides the attempt.
type Rule struct {
	// Name identifies the rule in the ledger and in the decision hash; renaming a rule changes its dice.
	Name  string `yaml:"name" json:"name" jsonschema:"description=Names the rule in the ledger. Part of the dice: renaming a rule changes which attempts it hits."`
	Match Match  `yaml:"match,omitempty" json:"match,omitzero" jsonschema:"description=Which requests. Empty: all."`
	When  When   `yaml:"when,omitempty" json:"when,omitzero" jsonschema:"description=When it acts. Empty: always."`
	// MaxActive, MaxTotal and MaxPerIdentity are caps on how often the rule acts: at once, in all, and on one operation,
	// object and part. They count arrivals. Zero: none.
	MaxActive      int `yaml:"max_active,omitempty" json:"max_active,omitempty" jsonschema:"description=On how many attempts at once it acts. Left out: any number.,minimum=1"`
	MaxTotal       int `yaml:"max_total,omitempty" json:"max_total,omitempty" jsonschema:"description=How often it acts in all. Left out: no limit.,minimum=1"`
	MaxPerIdentity int `yaml:"max_per_identity,omitempty" json:"max_per_identity,omitempty" jsonschema:"description=How often it acts on one operation and object and part. Left out: no limit.,minimum=1"`
	// Shadow counts in the ledger what the rule would have done, and does nothing.
	Shadow bool `yaml:"shadow,omitempty" json:"shadow,omitempty" jsonschema:"description=Counts what it would have done and does nothing."`

	faults.Do `yaml:",inline"`
}

// Always reports whether the rule acts on every request that it matches.
func (r *Rule) Always() bool {
	return r.sure() && !r.When.timed() && (r.When.Probability == 0 || r.When.Probability >= 1)
}

// Span is a stretch of a trial's time. To zero: to its end.
type Span struct{ From, To time.Duration }

// Spans are the stretches of time in which the rule acts on every request that it matches; none if anything but the time
// decides.
func (r *Rule) Spans(phases []Phase) (out []Span) {
	if !r.sure() || r.When.Probability > 0 && r.When.Probability < 1 {
		return nil
	}
	windows, err := r.When.windows(phases)
	if err != nil {
		return nil // it cannot be used at all
	}
	for _, w := range windows {
		s := Span{w.from, w.to}
		if w.to == forever {
			s.To = 0
		}
		out = append(out, s)
	}
	return out
}

// sure reports whether nothing but windows of time and identity's dice decides when the rule acts.
func (r *Rule) sure() bool {
	w := r.When
	return w.First == 0 && w.Every <= 1 && len(w.Attempts) == 0 && w.byState() &&
		r.MaxActive == 0 && r.MaxTotal == 0 && r.MaxPerIdentity == 0 && !r.Shadow && r.Match.plain()
}

// predictable reports whether identity and the windows of time decide alone when the rule acts.
func (r *Rule) predictable() bool {
	copied := *r
	copied.When.First, copied.When.Attempts, copied.When.Script = 0, nil, ""
	return copied.sure()
}

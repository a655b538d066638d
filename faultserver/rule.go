package faultserver

import (
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// Rule says which requests (Match), when (When) and what goes wrong (exactly one field of Do). Rules are asked in the
// order they are written: what only delays adds up, and the first rule that does more decides the attempt.
type Rule struct {
	// Name identifies the rule in the ledger and in the decision hash; renaming a rule changes its dice.
	Name  string `yaml:"name" json:"name" jsonschema:"description=Names the rule in the ledger. Part of the dice: renaming a rule changes which attempts it hits."`
	Match Match  `yaml:"match,omitempty" json:"match,omitzero" jsonschema:"description=Which requests. Empty: all."`
	When  When   `yaml:"when,omitempty" json:"when,omitzero" jsonschema:"description=When it acts. Empty: always."`

	faults.Do `yaml:",inline"`
}

// Match says which requests a rule applies to. All conditions must hold; the zero value matches every request.
type Match struct {
	// Op lists operations, such as upload_part; see ops.All. Empty: all.
	Op []string `yaml:"op,omitempty" json:"op,omitempty" jsonschema:"description=Operations. Empty: all."`
	// Key is a path.Match pattern for the object's key. Empty: all.
	Key string `yaml:"key,omitempty" json:"key,omitempty" jsonschema:"description=Pattern for the object's key with * and ?. Empty: all."`
	// Parts limits upload_part to these part numbers. Empty: all.
	Parts []int `yaml:"parts,omitempty" json:"parts,omitempty" jsonschema:"description=Part numbers. Empty: all."`
}

// When says when a rule acts. All conditions must hold; the zero value means always.
//
// Probability and First are decided by identity (operation, object's ordinal, part, attempt number): they hit the
// same attempts at every concurrency. Every counts arrivals and so depends on their order. From, To and Phase go by
// the trial's clock, at the attempt's arrival.
type When struct {
	// Probability is the chance per attempt. Zero: always.
	Probability units.Share `yaml:"probability,omitempty" json:"probability,omitempty" jsonschema:"description=Chance per attempt decided by a hash of seed and identity and attempt number. Left out: always."`
	// First acts on the first n attempts of each identity only. Zero: all.
	First int `yaml:"first,omitempty" json:"first,omitempty" jsonschema:"description=Only the first n attempts of each request. Left out: all.,minimum=0"`
	// Every acts on each nth matching arrival. Zero: all.
	Every int `yaml:"every,omitempty" json:"every,omitempty" jsonschema:"description=Only each nth matching arrival. Depends on the order of arrival.,minimum=0"`
	// From and To bound the time since the trial began. To zero: no end.
	From units.Duration `yaml:"from,omitempty" json:"from,omitempty" jsonschema:"description=Not before this time of the trial."`
	To   units.Duration `yaml:"to,omitempty" json:"to,omitempty" jsonschema:"description=Not after this time of the trial."`
	// Phase names phases of the scenario. Empty: all.
	Phase []string `yaml:"phase,omitempty" json:"phase,omitempty" jsonschema:"description=Only in these phases of the scenario."`
}

package faultserver

import (
	"slices"

	"github.com/ratebench/ratebench/internal/units"
)

// When says when a rule acts. All conditions must hold; the zero value means always.
//
// Probability, First, Attempts and Script are decided by identity (operation, object, part, attempt number): they hit the
// same attempts at every concurrency. Replay by identity is, too. From, To, Phase, Periodic, Markov, and Burst by the
// second go by the trial's clock, at the attempt's arrival, and are the same for every contestant. Every, Burst by request,
// and Trigger depend on the order of arrival and on the load.
type When struct {
	// Probability is the chance per attempt. Zero: always.
	Probability units.Share `yaml:"probability,omitempty" json:"probability,omitempty" jsonschema:"description=Chance per attempt decided by a hash of seed and identity and attempt number. Left out: always."`
	// First acts on the first n attempts of each identity only. Zero: all.
	First int `yaml:"first,omitempty" json:"first,omitempty" jsonschema:"description=Only the first n attempts of each request. Left out: all.,minimum=0"`
	// Attempts lists attempt numbers. Empty: all.
	Attempts []int `yaml:"attempts,omitempty" json:"attempts,omitempty" jsonschema:"description=Only these attempts of each request by number from 1. Left out: all.,minimum=1"`
	// Script has a character for each attempt of an identity: x acts, . does not. After its end the rule does not act.
	Script string `yaml:"script,omitempty" json:"script,omitempty" jsonschema:"description=A character for each attempt of a request: x acts and . does not. After the end it does not."`
	// Every acts on each nth matching arrival. Zero: all.
	Every int `yaml:"every,omitempty" json:"every,omitempty" jsonschema:"description=Only each nth matching arrival. Depends on the order of arrival.,minimum=0"`
	// Offset is how many arrivals Every lets pass before it begins to count.
	Offset int `yaml:"offset,omitempty" json:"offset,omitempty" jsonschema:"description=How many arrivals every lets pass before it begins to count.,minimum=0"`
	// From and To bound the time since the trial began. To zero: no end.
	From units.Duration `yaml:"from,omitempty" json:"from,omitempty" jsonschema:"description=Not before this time of the trial."`
	To   units.Duration `yaml:"to,omitempty" json:"to,omitempty" jsonschema:"description=Not after this time of the trial."`
	// Phase names phases of the scenario. Empty: all.
	Phase    []string  `yaml:"phase,omitempty" json:"phase,omitempty" jsonschema:"description=Only in these phases of the scenario."`
	Periodic *Periodic `yaml:"periodic,omitempty" json:"periodic,omitempty" jsonschema:"description=Only for a part of each period."`
	Burst    *Burst    `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Good and bad spells (Gilbert-Elliott)."`
	Markov   *Markov   `yaml:"markov,omitempty" json:"markov,omitempty" jsonschema:"description=States that follow each other by chance."`
	Trigger  *Trigger  `yaml:"trigger,omitempty" json:"trigger,omitempty" jsonschema:"description=Only while the server's own load says so."`
	Replay   *Replay   `yaml:"replay,omitempty" json:"replay,omitempty" jsonschema:"description=Only where a recorded ledger says that it acted."`
}

// timed reports whether the rule is bound to a part of the trial's time.
func (w When) timed() bool { return w.From > 0 || w.To > 0 || len(w.Phase) > 0 }

// byState reports whether none of the conditions is set that need a state of their own.
func (w When) byState() bool {
	return w.Script == "" && w.Periodic == nil && w.Burst == nil && w.Markov == nil && w.Trigger == nil && w.Replay == nil
}

// attempt asks the conditions on the attempt number.
func (w *When) attempt(n int) bool {
	switch {
	case w.First > 0 && n > w.First,
		len(w.Attempts) > 0 && !slices.Contains(w.Attempts, n),
		w.Script != "" && (n > len(w.Script) || w.Script[n-1] != 'x'):
		return false
	}
	return true
}

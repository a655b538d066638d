package faults

import "slices"

// Do is what a rule does: exactly one field of one family is set.
type Do struct {
	Answers     `yaml:",inline"`
	Limiters    `yaml:",inline"`
	Connections `yaml:",inline"`
	Times       `yaml:",inline"`
	Payloads    `yaml:",inline"`
	States      `yaml:",inline"`
	Processes   `yaml:",inline"`
}

// Builtin lists every kind of fault, by family.
func Builtin() []Kind {
	all := slices.Concat(answerKinds(), limiterKinds(), connectionKinds(), timeKinds(), payloadKinds(), stateKinds(), processKinds())
	for i := range all {
		all[i].Example = "faults/" + all[i].Name
	}
	return all
}

// kinds are those of Builtin, by name.
var kinds = func() map[string]*Kind {
	m := map[string]*Kind{}
	for _, k := range Builtin() {
		m[k.Name] = &k
	}
	return m
}()

// Package scenarios is the scenario language: one YAML file says what is uploaded, by whom, over which network, and what
// goes wrong meanwhile. The scenarios that come with ratebench are embedded.
//
// The language is strict, since a scenario that means something else than its author thought costs hours of machine
// time and a wrong conclusion:
//
//   - an unknown key, a number without a unit and a value without effect are errors, not warnings;
//   - a key with the value 0 is never the same as a key left out;
//   - every error names file, line and column, shows the line, and says what would be right;
//   - anchors, aliases, merge keys and tags are left out of YAML: what you see in a line is what it says.
//
// Bad input of any kind is answered with an [*Error], quickly, and never with a panic. What Load and Parse return is
// resolved: every default is filled in, so code that uses a [Scenario] never meets an empty choice.
//
// Types, checks, the JSON Schema and the printed form come from one set of structs with their tags; a limit that stands
// in a tag is enforced when the file is read and is in the schema too.
package scenarios

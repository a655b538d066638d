package report

import "github.com/goccy/go-yaml"

// byChance reports whether a scenario has trouble that a Markov chain begins and ends. The server leaves no windows of that.
func byChance(resolved string) bool {
	var s struct {
		Faults []struct {
			Markov any `yaml:"markov"`
			When   struct {
				Markov any `yaml:"markov"`
			} `yaml:"when"`
		} `yaml:"faults"`
	}
	if err := yaml.Unmarshal([]byte(resolved), &s); err != nil {
		return false
	}
	for _, f := range s.Faults {
		if f.Markov != nil || f.When.Markov != nil {
			return true
		}
	}
	return false
}

package scenarios

import (
	"time"

	"github.com/ratebench/ratebench/faultserver"
)

// Timeline lays the phases out in a trial's time.
func (s *Scenario) Timeline() []faultserver.Phase {
	var out []faultserver.Phase
	var at time.Duration
	for _, p := range s.Phases {
		f := faultserver.Phase{Name: p.Name, From: at}
		if p.For > 0 {
			at += p.For.D()
			f.To = at
		}
		out = append(out, f)
	}
	return out
}

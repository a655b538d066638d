package scenarios

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// resolve fills in every default, so that no later code meets an empty choice.
func (s *Scenario) resolve() {
	def(&s.Seed, 1)
	def(&s.Backend.Kind, "embedded")
	def(&s.Backend.Keep, "digests")
	def(&s.Network.Scope, "all")
	def(&s.Workload.Clients, 1)
	def(&s.Workload.PartURLs, "presign")
	if s.Workload.StandIn > 0 {
		def(&s.Workload.Payload, "counted")
	}
	def(&s.Workload.Payload, "digested")
	if s.Workload.Duration == 0 && s.Workload.ArrivalRate == 0 {
		def(&s.Workload.Objects, 1)
	}
	if s.Oracle == nil {
		s.Oracle = new(bool)
		*s.Oracle = true
	}
	def(&s.Repeats, 1)
	def(&s.Timeout, units.Duration(2*time.Minute))
	for i := range s.Contestants {
		def(&s.Contestants[i].As, s.Contestants[i].Name)
	}
	for i := range s.Faults {
		if _, c, n := s.Faults[i].Set(); n == 1 { // else a check complains
			c.Defaults()
		}
	}
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

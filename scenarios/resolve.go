package scenarios

import (
	"time"

	"github.com/ratebench/ratebench/faultserver"
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
		resolveRule(&s.Faults[i])
	}
}

func resolveRule(r *faultserver.Rule) {
	if t := r.Throttle; t != nil {
		def(&t.Burst, 1)
		def(&t.Scope, "all")
		def(&t.Status, 429)
		def(&t.RetryAfter.Form, "seconds")
	}
	if st := r.Status; st != nil {
		def(&st.S3Code, faultserver.DefaultS3Code(st.Code))
		if st.RetryAfter.Value == 0 {
			def(&st.RetryAfter.Form, "none") // there is no bucket that would know a wait
		}
		def(&st.RetryAfter.Form, "seconds")
	}
	if r.Reset != nil {
		def(&r.Reset.At, "before_body")
		if r.Reset.At == "mid_body" {
			def(&r.Reset.Share, 0.5)
		}
	}
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

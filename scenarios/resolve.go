package scenarios

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// resolve fills in every default, so that no later code meets an empty choice.
func (s *Scenario) resolve() {
	def(&s.Seed, 1)
	def(&s.Backend.Kind, "embedded")
	if s.Workload.Kind == KindGHGA {
		def(&s.Backend.Keep, "bytes") // what was sent is decrypted to be verified
	}
	def(&s.Backend.Keep, "digests")
	def(&s.Network.Scope, "all")
	def(&s.Workload.Clients, 1)
	s.Workload.resolve()
	if s.Workload.Kind == KindGHGA {
		s.GHGA.resolve(s.Workload.Do)
	}
	if s.Workload.Kind != KindCalls && s.Workload.Duration == 0 && s.Workload.ArrivalRate == 0 {
		def(&s.Workload.Objects, 1)
	}
	if s.Oracle == nil {
		s.Oracle = new(bool)
		*s.Oracle = s.untold() == "" // it would be no yardstick
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

// The kinds of a workload.
const (
	KindUpload = "upload"
	KindCalls  = "calls"
	KindGHGA   = "ghga"
)

// How calls arrive in an open loop.
const (
	ArrivalsConstant = "constant"
	ArrivalsPoisson  = "poisson"
)

// manyClients is how many clients' attempts are kept one by one if nothing else is said.
const manyClients = 1000

func (w *Workload) resolve() {
	def(&w.Kind, KindUpload)
	def(&w.Wire, "http")
	if w.Kind == KindCalls && w.Clients > manyClients {
		def(&w.Records, "aggregate")
	}
	def(&w.Records, "attempts")
	if w.Kind == KindCalls {
		for i := range w.Mix {
			def(&w.Mix[i].Weight, 1)
		}
		if len(w.Mix) > 0 {
			def(&w.ObjectSize, w.meanSize())
		}
		if w.ArrivalRate > 0 {
			def(&w.Arrivals, ArrivalsConstant)
		}
		if len(w.PartSize) == 0 {
			w.PartSize = OneOrMany[units.Size]{w.ObjectSize}
		}
		if len(w.Concurrency) == 0 {
			w.Concurrency = OneOrMany[int]{1}
		}
		def(&w.Payload, "counted")
		return
	}
	if w.Kind == KindGHGA {
		def(&w.Do, DoUpload)
	} else {
		def(&w.PartURLs, "presign")
	}
	if w.StandIn > 0 {
		def(&w.Payload, "counted")
	}
	def(&w.Payload, "digested")
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

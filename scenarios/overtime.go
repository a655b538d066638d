package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// spell is a limit that holds for stretches of the trial's time.
type spell struct {
	spans []faultserver.Span
	most  func(t float64) float64 // bytes in a stretch of t seconds
}

// overTime is what all limits allow together, where some hold only for a time: in each stretch between two changes the
// least of what those allow that hold in it. A part that was let in before a change may end after it, so as many bytes as
// can be in flight come on top for each stretch.
func (s *Scenario) overTime(always []limit, partSize int64, concurrency int) (limit, bool) {
	w := s.Workload
	spells := s.spells(partSize)
	if len(spells) == 0 || w.ArrivalRate > 0 { // an open loop may have any number of parts in flight
		return limit{}, false
	}
	inFlight := float64(w.Clients) * float64(concurrency) * float64(partSize)
	var changes []time.Duration
	for _, sp := range spells {
		for _, span := range sp.spans {
			changes = append(changes, span.From, span.To)
		}
	}
	slices.Sort(changes)
	most := func(t float64) float64 {
		end := seconds(t)
		total, from := 0.0, time.Duration(0)
		for _, to := range append(slices.Compact(slices.Clone(changes)), end) {
			to = min(to, end)
			if to <= from {
				continue
			}
			length := (to - from).Seconds()
			least := math.Inf(1)
			for _, l := range always {
				least = min(least, l.most(length)+inFlight)
			}
			for _, sp := range spells {
				if sp.holds(from, to) {
					least = min(least, sp.most(length)+inFlight)
				}
			}
			total += least
			from = to
		}
		return total
	}
	wall := 0.0
	if total := s.bytes(); total > 0 {
		wall = inverse(func(t time.Duration) float64 { return most(t.Seconds()) }, total)
	}
	if end := w.Duration.D().Seconds(); wall <= 0 && (end == 0 || math.IsInf(most(end), 1)) {
		return limit{}, false
	}
	return limit{"limits over time", wall, most}, true
}

// holds reports whether the spell lasts through all of a stretch.
func (sp spell) holds(from, to time.Duration) bool {
	return slices.ContainsFunc(sp.spans, func(s faultserver.Span) bool {
		return s.From <= from && (s.To == 0 || s.To >= to)
	})
}

// spells lists limits and outages that hold for a time.
func (s *Scenario) spells(partSize int64) (out []spell) {
	for i := range s.Faults {
		r := &s.Faults[i]
		spans := r.Spans(s.Timeline())
		if len(spans) == 0 || r.Always() {
			continue
		}
		if s.outage(r, partSize) {
			out = append(out, spell{spans, func(float64) float64 { return 0 }})
		} else if l, ok := s.bucket(r, partSize); ok {
			out = append(out, spell{spans, l.most})
		}
	}
	return out
}

// outage reports whether nothing can be uploaded while the rule acts.
func (s *Scenario) outage(r *faultserver.Rule, partSize int64) bool {
	stops := r.Status != nil || r.Reset != nil && r.Reset.At != "after_commit" && r.Reset.At != "mid_response" && !r.Reset.Early()
	one := s.Workload.whole(Parts(int64(s.Workload.ObjectSize), partSize))
	return stops && r.Match.Key == "" && len(r.Match.Parts) == 0 && pays(r.Match, s.Workload.mover()) && (!one || pays(r.Match, ops.PutObject))
}

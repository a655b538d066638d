package scenarios

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/internal/units"
)

// Bound is the most goodput, in MiB/s, that quota and link allow an honest client in a trial of a cell. ok is false if
// nothing in the scenario bounds it.
//
// A trial uploads B = clients × objects × object_size bytes. Its wall time is at least
//
//	T = max over the limits of
//	    link, shared by all           B / bandwidth
//	    link per client               B / clients / bandwidth
//	    link per connection           objects × max(object_size / (c × bandwidth), ⌈f/c⌉ × part_size / bandwidth)
//	    bucket of all                 (tokens × objects × clients − burst) / rate
//	    bucket per client             (tokens × objects − burst) / rate
//	    bucket per key                objects × (tokens − burst) / rate
//
// and the bound is B / T, where c is the number of parts in flight (at most those an object has), f the number of full
// parts of an object, and tokens what the cheapest way to upload one object pays: one per part, and one for each of the
// create and complete calls where the rule matches them. An object of a single part may go up in one put_object instead.
// An open loop may have any number of objects of a client under way, so there the link per connection bounds nothing and
// a bucket per key is met once instead of once for each object. A round trip takes twice the latency, so if anything
// bounds the trial and the loop is closed, T is also at least objects × (⌈parts/c⌉ + 2) × 2 × latency, or objects × 2 ×
// latency where one put_object would do.
//
// Rules with a probability, a window, a phase, first, every or a key pattern are left out, and so are buckets per
// connection, since a client may open more: they bound nothing for certain.
//
// A trial with a duration D ends then, and how many bytes it gets done is unknown. It is bounded by the smallest of
// bandwidth and (burst + rate × D) × part_size / D, unless all objects can be done before D.
//
// With a warm-up W, bytes sent in it may count for objects that end after it, so the time is T − W; a trial that could be
// over before the warm-up is has no bound.
func (s *Scenario) Bound(partSize int64, concurrency int) (mibPerSecond float64, ok bool) {
	rate, _, ok := s.bound(partSize, concurrency)
	return rate / float64(units.MiB), ok
}

// bound is Bound in bytes per second, with the name of the limit that decides.
func (s *Scenario) bound(partSize int64, concurrency int) (rate float64, name string, ok bool) {
	limits := s.limits(partSize, concurrency)
	if len(limits) == 0 {
		return 0, "", false
	}
	warmUp, end := s.WarmUp.D().Seconds(), s.Workload.Duration.D().Seconds()
	if total := s.bytes(); total > 0 {
		slowest := slices.MaxFunc(limits, func(a, b limit) int { return cmp.Compare(a.wall, b.wall) })
		if wall := max(slowest.wall, s.roundTrips(partSize, concurrency)); end == 0 || wall < end {
			if wall <= warmUp {
				return 0, "", false
			}
			return total / (wall - warmUp), slowest.name, true
		}
	}
	least := slices.MinFunc(limits, func(a, b limit) int { return cmp.Compare(a.most(end), b.most(end)) })
	return least.most(end) / (end - warmUp), least.name, true
}

// bytes is what all objects of a trial have together; 0: as many as fit into its duration.
func (s *Scenario) bytes() float64 {
	w := s.Workload
	return float64(w.ObjectSize) * float64(w.Objects) * float64(w.Clients)
}

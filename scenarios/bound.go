package scenarios

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// Bound is the most goodput, in MiB/s, that quota and link allow an honest client in a trial of a cell with a seed. ok is
// false if nothing in the scenario bounds it.
//
// A trial uploads B = clients × objects × object_size bytes, and has to send W more in vain: what the faults cost that
// the seed deals to the parts' identities (faultserver.Waste). Its wall time is at least
//
//	T = max over the limits of
//	    link, shared by all           (B + W) / bandwidth
//	    link per client               (B + W) / clients / bandwidth
//	    link per connection           objects × max(object_size / (c × bandwidth), ⌈f/c⌉ × part_size / bandwidth)
//	    limit of all                  the time after which it allows units × objects × clients
//	    limit per client              … units × objects
//	    limit per key                 objects × the time after which it allows units
//
// where what a limit allows in a time is the model's own statement (limits.Model.Allows: burst + rate × t for a token
// bucket, workers × (t / service time + 1) for a queue, and so on). The bound is B / T, where c is the number of parts in flight (at most those an object has), f the number of full
// parts of an object, and units what the cheapest way to upload one object pays: its bytes where the limit counts bytes; else one per part, and one for each of the
// create and complete calls where the rule matches them. An object of a single part may go up in one put_object instead.
// An open loop may have any number of objects of a client under way, so there the link per connection bounds nothing and
// a bucket per key is met once instead of once for each object.
//
// A round trip takes twice the latency, so if anything bounds the trial and the loop is closed, T is also at least
// objects × (⌈parts/c⌉ + 2) × 2 × latency, or objects × 2 × latency where one put_object would do. A link that only one
// client uses is idle while an object is created, while its last answer is on the way, and while it is completed: three
// round trips for each object come on top of its T; and with one part in flight, one for each part.
//
// Limits and outages that hold for a window or phase alone count for that time: in each stretch between two changes the
// least of what those limits allow that hold in it, and as much as can be in flight on top, since a part that was let in
// before a change may end after it.
//
// Rules of which more than time decides when they act (a probability, first, every, a key pattern, caps, states), and
// limits per connection, prefix or upload, are left out: they bound nothing for certain.
//
// A trial with a duration D ends then, and how many bytes it gets done is unknown. It is bounded by the smallest of
// bandwidth and what the limits allow in D × part_size / D, unless all objects can be done before D.
//
// Calls with a mix, and those of a closed loop, have a bound of their own kind: see callBound.
//
// Files of kind ghga are bounded by their encrypted bytes, and by what their control plane allows for certain: see ghgaBound.
//
// With a warm-up, bytes sent in it may count for objects that end after it, so the time is T less the warm-up; a trial
// that could be over before the warm-up is has no bound.
func (s *Scenario) Bound(seed uint64, partSize int64, concurrency int) (mibPerSecond float64, ok bool) {
	rate, _, ok := s.bound(s.waste(seed, partSize), partSize, concurrency)
	return rate / float64(units.MiB), ok
}

// waste is what the faults cost every client of a trial with this seed, in bytes of all clients together. How many
// objects a trial has is not known if it runs for a time.
func (s *Scenario) waste(seed uint64, partSize int64) float64 {
	w := s.Workload
	if w.Kind == KindCalls || w.mover() != ops.UploadPart || w.Do == DoDelete {
		return 0 // these are no parts that are sent: none of this is certain
	}
	if w.Kind == KindGHGA {
		sealed, cut := s.sealed(partSize)
		w, partSize = sealed.Workload, cut
	}
	var total int64
	for object := 1; object <= w.Clients*w.Objects; object++ {
		left := int64(w.ObjectSize)
		for part := 1; left > 0; part++ {
			size := min(left, partSize)
			total += faultserver.Waste(s.Faults, seed, object, part, size)
			left -= size
		}
	}
	return float64(total)
}

// bound is Bound in bytes per second, with the name of the limit that decides.
func (s *Scenario) bound(waste float64, partSize int64, concurrency int) (rate float64, name string, ok bool) {
	if w := s.Workload; w.Kind == KindCalls && (len(w.Mix) > 0 || w.ArrivalRate == 0) {
		return s.callBound(concurrency)
	}
	if s.Workload.Kind == KindGHGA {
		return s.ghgaBound(waste, partSize, concurrency)
	}
	return s.boundOf(waste, partSize, concurrency)
}

// boundOf is that of a workload that uploads the bytes of its objects.
func (s *Scenario) boundOf(waste float64, partSize int64, concurrency int) (rate float64, name string, ok bool) {
	limits := s.limits(waste, partSize, concurrency)
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

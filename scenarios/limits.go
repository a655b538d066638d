package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// A limit is one reason why a trial cannot be faster.
type limit struct {
	name string
	// wall is the least time in seconds in which all objects of a trial can be up.
	wall float64
	// most is the largest number of bytes that can be up after t seconds.
	most func(t float64) float64
}

// limits lists everything that bounds a trial of a cell. waste is bytes sent in vain.
func (s *Scenario) limits(waste float64, partSize int64, concurrency int) []limit {
	var all []limit
	if l, ok := s.link(waste, partSize, concurrency); ok {
		all = append(all, l)
	}
	all = append(all, s.services(partSize)...)
	for i := range s.Faults {
		if r := &s.Faults[i]; r.Always() {
			if l, ok := s.bucket(r, partSize); ok {
				all = append(all, l)
			}
		}
	}
	if l, ok := s.overTime(all, partSize, concurrency); ok {
		all = append(all, l)
	}
	return all
}

// link is the limit that the bandwidth sets.
func (s *Scenario) link(waste float64, partSize int64, concurrency int) (limit, bool) {
	w, bandwidth := s.Workload, float64(s.Network.Bandwidth)
	if bandwidth == 0 {
		return limit{}, false
	}
	size := float64(w.ObjectSize)
	parts := Parts(int64(w.ObjectSize), partSize)
	wall := (size*float64(w.Objects) + waste/float64(w.Clients)) / bandwidth // of one client
	total := bandwidth * float64(w.Clients)
	switch s.Network.Scope {
	case "all":
		wall *= float64(w.Clients)
		total = bandwidth
		if w.Clients == 1 {
			wall += s.idle(partSize, concurrency)
		} else {
			wall += s.edges()
		}
	case "client":
		wall += s.idle(partSize, concurrency)
	case "connection":
		if w.ArrivalRate > 0 {
			return limit{}, false
		}
		c := float64(min(concurrency, parts))
		full := math.Floor(size / float64(partSize))
		wall = float64(w.Objects) * max(size/(c*bandwidth), math.Ceil(full/c)*float64(partSize)/bandwidth)
		total *= c
	}
	return limit{"bandwidth", wall, func(t float64) float64 { return total * t }}, true
}

// bucket is the limit that a fault with a capacity sets, if it meets every upload for certain.
func (s *Scenario) bucket(r *faultserver.Rule, partSize int64) (limit, bool) {
	kind, config, n := r.Set()
	b, bounds := config.(faults.Bounding)
	if n != 1 || !bounds || r.Match.Key != "" {
		return limit{}, false
	}
	c := b.Capacity()
	w := s.Workload
	if c.Allows == nil || c.Bytes && (!pays(r.Match, ops.UploadPart) || w.mover() != ops.UploadPart) {
		return limit{}, false
	}
	parts := Parts(int64(w.ObjectSize), partSize)
	units := float64(s.tokens(r.Match, parts, c.Scope == faults.ScopeKey)) // of one object
	perUnit := max(float64(w.ObjectSize)/max(units, 1), float64(min(partSize, int64(w.ObjectSize))))
	allows := c.Allows
	if c.Bytes {
		if len(r.Match.Parts) > 0 || w.whole(parts) && !pays(r.Match, ops.PutObject) {
			return limit{}, false
		}
		units, perUnit = float64(w.ObjectSize), 1
		// A part larger than the burst may leave a debt.
		allows = func(t time.Duration) float64 { return c.Allows(t) + float64(partSize) }
	}
	if units == 0 {
		return limit{}, false
	}
	objects, clients := float64(w.Objects), float64(w.Clients)
	var wall, scopes float64
	switch c.Scope {
	case faults.ScopeAll:
		wall, scopes = inverse(allows, units*objects*clients), 1
	case faults.ScopeClient:
		wall, scopes = inverse(allows, units*objects), clients
	case faults.ScopeKey:
		wall = inverse(allows, units)
		if w.ArrivalRate == 0 {
			wall *= objects
		}
		if w.Duration > 0 { // every object brings a limit of its own: any number of bytes
			return limit{}, false
		}
	default:
		return limit{}, false
	}
	if wall <= 0 && w.Duration == 0 { // the burst pays for everything
		return limit{}, false
	}
	most := func(t float64) float64 { return scopes * allows(seconds(t)) * perUnit }
	return limit{kind + " " + r.Name, wall, most}, true
}

func seconds(t float64) time.Duration {
	return time.Duration(min(t, maxDuration.Seconds()) * float64(time.Second))
}

// inverse is the least time in seconds after which so many units are allowed, by bisection. It is not found beyond the
// longest duration that a scenario may have.
func inverse(allows func(time.Duration) float64, units float64) float64 {
	const exact = 1e-9 // units, of rounding
	if allows(0) >= units-exact {
		return 0
	}
	low, high := 0.0, 1e-3
	for allows(seconds(high)) < units-exact && high < maxDuration.Seconds() {
		low, high = high, 2*high
	}
	for range 60 {
		if middle := (low + high) / 2; allows(seconds(middle)) < units-exact {
			low = middle
		} else {
			high = middle
		}
	}
	return low // never too long: a bound must not be too small
}

// pays reports whether a rule matches an operation.
func pays(m faultserver.Match, op string) bool { return len(m.Op) == 0 || slices.Contains(m.Op, op) }

// tokens is what the cheapest way to upload one object pays at a rule.
func (s *Scenario) tokens(m faultserver.Match, parts int, perKey bool) int {
	count := func(op string, n int) int {
		switch {
		case !pays(m, op):
			return 0
		case len(m.Parts) == 0:
			return n
		case op != ops.UploadPart && op != ops.UCSPartURL:
			return 0 // other calls have no part number
		}
		hit := 0
		for i, p := range m.Parts {
			if p <= n && !slices.Contains(m.Parts[:i], p) {
				hit++
			}
		}
		return hit
	}
	if s.Workload.Kind == KindGHGA {
		return s.ghgaTokens(count, parts, perKey)
	}
	uploads := count(ops.UploadPart, parts)
	least := uploads + count(ops.CreateUpload, 1) + count(ops.CompleteUpload, 1)
	if s.Workload.PartURLs == "ucs" {
		ucs := uploads
		if !perKey { // the controller knows objects by other keys than S3 does
			ucs += count(ops.UCSCreate, 1) + count(ops.UCSPartURL, parts) + count(ops.UCSComplete, 1)
		}
		least = min(least, ucs)
	}
	if parts == 1 {
		least = min(least, count(ops.PutObject, 1))
	}
	return least
}

// idle is the time in which a client's link carries no parts, since it waits for answers or for a file to be staged.
func (s *Scenario) idle(partSize int64, concurrency int) float64 {
	w := s.Workload
	if w.ArrivalRate > 0 {
		return 0
	}
	parts, trips, once := Parts(int64(w.ObjectSize), partSize), 1, 0
	switch {
	case w.Kind == KindGHGA:
		once = starting
		_, trips = s.trips(partSize, concurrency)
	case parts > 1 && concurrency == 1:
		trips = parts + 2
	case parts > 1:
		trips = 3
	}
	return float64(once+w.Objects*trips)*s.trip() + s.asking()
}

// roundTrips is the time that the round trips of one client take at least, and the staging of its first file.
func (s *Scenario) roundTrips(partSize int64, concurrency int) float64 {
	w := s.Workload
	if w.ArrivalRate > 0 {
		return 0
	}
	parts, trips, once := Parts(int64(w.ObjectSize), partSize), 1, 0
	if w.Kind == KindGHGA {
		once = starting
		trips, _ = s.trips(partSize, concurrency)
	} else if parts > 1 {
		trips = (parts-1)/concurrency + 1 + 2
	}
	return float64(once+w.Objects*trips)*s.trip() + s.asking()
}

// trip is the time in seconds that a round trip takes of the network.
func (s *Scenario) trip() float64 { return 2 * s.Network.Latency.D().Seconds() }

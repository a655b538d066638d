package scenarios

import (
	"math"
	"slices"

	"github.com/ratebench/ratebench/faultserver"
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
	for i := range s.Faults {
		if l, ok := s.bucket(&s.Faults[i], partSize); ok {
			all = append(all, l)
		}
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

// bucket is the limit that a throttle sets, if it meets every upload for certain.
func (s *Scenario) bucket(r *faultserver.Rule, partSize int64) (limit, bool) {
	t, when := r.Throttle, r.When
	if t == nil || t.Rate <= 0 || r.Match.Key != "" || when.First > 0 || when.Every > 1 ||
		when.Probability > 0 && when.Probability < 1 || when.From > 0 || when.To > 0 || len(when.Phase) > 0 {
		return limit{}, false
	}
	w := s.Workload
	parts := Parts(int64(w.ObjectSize), partSize)
	tokens := float64(s.tokens(r.Match, parts, t.Scope == "key"))
	if tokens == 0 {
		return limit{}, false
	}
	rate, burst := float64(t.Rate), float64(t.Burst)
	objects, clients := float64(w.Objects), float64(w.Clients)
	// What one token brings up: a part, or more where not every part pays.
	perToken := max(float64(w.ObjectSize)/tokens, float64(min(partSize, int64(w.ObjectSize))))
	var wall, buckets float64
	switch t.Scope {
	case "all":
		wall, buckets = (tokens*objects*clients-burst)/rate, 1
	case "client":
		wall, buckets = (tokens*objects-burst)/rate, clients
	case "key":
		wall = (tokens - burst) / rate
		if w.ArrivalRate == 0 {
			wall *= objects
		}
		if w.Duration > 0 { // every object brings a bucket of its own: any number of bytes
			return limit{}, false
		}
	default:
		return limit{}, false
	}
	if wall <= 0 && w.Duration == 0 { // the burst pays for everything
		return limit{}, false
	}
	most := func(t float64) float64 { return buckets * (burst + rate*t) * perToken }
	return limit{"throttle " + r.Name, max(wall, 0), most}, true
}

// tokens is what the cheapest way to upload one object pays at a rule.
func (s *Scenario) tokens(m faultserver.Match, parts int, perKey bool) int {
	pays := func(op string) bool { return len(m.Op) == 0 || slices.Contains(m.Op, op) }
	count := func(op string, n int) int {
		switch {
		case !pays(op):
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

// idle is the time in which a client's link carries no parts, since it waits for answers.
func (s *Scenario) idle(partSize int64, concurrency int) float64 {
	w := s.Workload
	if w.ArrivalRate > 0 {
		return 0
	}
	parts, trips := Parts(int64(w.ObjectSize), partSize), 1
	switch {
	case parts > 1 && concurrency == 1:
		trips = parts + 2
	case parts > 1:
		trips = 3
	}
	return float64(w.Objects) * float64(trips) * 2 * s.Network.Latency.D().Seconds()
}

// roundTrips is the time that the round trips of one client take at least.
func (s *Scenario) roundTrips(partSize int64, concurrency int) float64 {
	w := s.Workload
	if w.ArrivalRate > 0 {
		return 0
	}
	parts, trips := Parts(int64(w.ObjectSize), partSize), 1
	if parts > 1 {
		trips = (parts-1)/concurrency + 1 + 2
	}
	return float64(w.Objects) * float64(trips) * 2 * s.Network.Latency.D().Seconds()
}

package faultserver

// Waste is how many bytes of a part every client has to send in vain, whatever it does: the attempts that certain rules
// hit by the part's identity before the first that passes, and the share of the body that each of them reads. Object and
// part are ordinals, size the part's bytes. What depends on time, arrival or the object's key is not certain, nor is
// anything behind it.
func Waste(rules []Rule, seed uint64, object, part int, size int64) int64 {
	const enough = 1000 // attempts; nobody goes on so long
	id := identity{OpUploadPart, object, part}
	var wasted int64
	for attempt := 1; attempt <= enough; attempt++ {
		hit, certain := strike(rules, seed, id, attempt)
		if !certain || hit == nil {
			return wasted
		}
		if hit.Reset != nil {
			wasted += hit.Reset.bodyRead(size)
		}
	}
	return wasted
}

// strike returns the rule that ends an attempt, nil if it passes; not certain: that depends on more than its identity.
func strike(rules []Rule, seed uint64, id identity, attempt int) (hit *Rule, certain bool) {
	for i := range rules {
		r := &rules[i]
		switch q := (Request{Op: id.op, Part: id.part}); {
		case r.Latency != nil:
			continue
		case r.Match.Key != "" && (Match{Op: r.Match.Op, Parts: r.Match.Parts}).matches(q):
			return nil, false
		case !r.Match.matches(q):
			continue
		case r.Throttle != nil || r.When.timed() || r.When.Every > 1:
			return nil, false
		case (&rule{Rule: *r}).byIdentity(seed, id, attempt):
			return r, true
		}
	}
	return nil, true
}

// bodyRead is how much of a body is read before the reset.
func (r Reset) bodyRead(size int64) int64 {
	switch r.At {
	case "mid_body":
		share := float64(r.Share)
		if share == 0 {
			share = defaultShare
		}
		return int64(share * float64(size))
	case "after_commit":
		return size
	}
	return 0
}

package faultserver

import (
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// Waste is how many bytes of a part every client has to send in vain, whatever it does: the attempts that certain rules
// hit by the part's identity before the first that passes, and the share of the body that each of them reads. Object and
// part are ordinals, size the part's bytes. What depends on time, arrival or the object's key is not certain, nor is
// anything behind it.
func Waste(rules []Rule, seed uint64, object, part int, size int64) int64 {
	const enough = 1000 // attempts; nobody goes on so long
	var ready []*rule
	for _, r := range rules {
		c, err := (*Server)(nil).compile(r, nil, faults.Env{Seed: seed})
		if err != nil { // its phases are not known here, or it needs a backend: not certain
			c = &rule{Rule: r}
		}
		ready = append(ready, c)
	}
	id := identity{op: ops.UploadPart, object: uint64(object), part: part}
	var wasted int64
	for attempt := 1; attempt <= enough; attempt++ {
		hit, certain := strike(ready, seed, id, attempt)
		if !certain || hit == nil {
			return wasted
		}
		n := hit.bodyRead(size)
		if n < 0 {
			return wasted
		}
		wasted += n
	}
	return wasted
}

// bodyRead is how much of a body a rule costs that acts; negative: the attempt may not fail.
func (r *rule) bodyRead(size int64) int64 {
	if f, ok := r.fault.(faults.Reading); ok && r.kind.Effect == faults.Fails {
		return f.BodyRead(size)
	}
	return -1
}

// strike returns the rule that ends an attempt, nil if it passes; not certain: that depends on more than its identity.
func strike(rules []*rule, seed uint64, id identity, attempt int) (hit *rule, certain bool) {
	for _, r := range rules {
		switch q := (ops.Request{Op: id.op, Part: id.part}); {
		case r.kind != nil && r.kind.Effect == faults.Delays:
			continue
		case r.Match.Key != "" && (&Match{Op: r.Match.Op, Parts: r.Match.Parts}).request(&q):
			return nil, false
		case !r.Match.request(&q):
			continue
		case r.kind == nil || r.kind.Effect == faults.Limits || r.When.timed() || !r.predictable():
			return nil, false
		case r.byIdentity(func() uint64 { return digest(seed, id, attempt) }, attempt):
			return r, true
		}
	}
	return nil, true
}

package metrics

import (
	"cmp"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// The end of a trial with a duration cuts off whatever objects are under way, and with large ones that is much of all that was moved. Parts of
// them that had come through are work that was done: without them a second's goodput would depend on which objects happened to end in time.

// unfinished returns what had come through of the objects that the trial's end cut off, of those that are more than one call: parts, and ranges
// that came to their end. Of each object it is no more than its size.
func unfinished(calls []*call, objects []record.Object) (ds []delivery) {
	open := map[objectKey][]bringer{}
	for _, o := range objects {
		if cutOff(o) && !o.Single {
			open[objectKey{o.Client, o.Ordinal}] = nil
		}
	}
	began := lastGoes(calls)
	seen := map[aboutKey]bool{}
	for _, c := range calls {
		list, ok := open[c.object]
		if part := (aboutKey{c.object.client, c.about}); ok && !seen[part] {
			if a := c.came(began[c.object]); a != nil {
				open[c.object] = append(list, bringer{a: a, bytes: a.Bytes + received(a)})
				seen[part] = c.carriesBody()
			}
		}
	}
	for _, o := range objects {
		came := open[objectKey{o.Client, o.Ordinal}]
		whole := o.Size // as it is moved
		var sum int64
		for _, b := range came {
			sum += b.bytes
			if c := b.a.ReceivedBytes; c != nil {
				whole = cmp.Or(o.Moved, o.Size)
			}
		}
		whole = max(whole, sum)
		for _, b := range came {
			if b.bytes > 0 {
				bytes := float64(b.bytes) / float64(whole) * float64(o.Size)
				ds = append(ds, delivery{from: b.a.StartS, to: bodyEnd(b.a), bytes: bytes, client: o.Client, seen: true, unfinished: true})
			}
		}
	}
	return ds
}

// came returns the first attempt since then, in seconds, that brought the call's part or range; nil: none did.
func (c *call) came(since float64) *record.Attempt {
	for _, a := range c.attempts {
		if a.StartS >= since && (c.carriesBody() && succeeded(a) || c.download() && wholeAnswer(a)) {
			return a
		}
	}
	return nil
}

// lastGoes returns when the last upload for each object was created, in seconds; missing: none was. What an earlier one had brought is given up
// when an object is begun again from nothing.
func lastGoes(calls []*call) map[objectKey]float64 {
	began := map[objectKey]float64{}
	for _, c := range calls {
		if c.op != ops.CreateUpload && c.op != ops.UCSCreate {
			continue
		}
		for _, a := range c.attempts {
			if succeeded(a) {
				began[c.object] = max(began[c.object], a.StartS)
			}
		}
	}
	return began
}

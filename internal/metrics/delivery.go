package metrics

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// delivery is content of an object on its way: bytes brought between from and to. The object was verified, or else the trial's end cut it off.
type delivery struct {
	from, to float64 // seconds since the trial began
	bytes    float64
	client   int
	seen     bool // among the bytes of attempts: in bodies of requests, or in answers with ranges
	// wire is how many of the bytes that the attempt moved are this: of those that came twice, once. Zero: not known.
	wire float64
	// unfinished: the trial's end cut the object off. It is work that was done, but no goodput of the trial.
	unfinished bool
}

// bringer is an attempt that brought some of an object.
type bringer struct {
	about string // the part that it brought; empty: a range
	a     *record.Attempt
	bytes int64 // on the wire
}

// bringersOf returns the attempts that brought parts and ranges, by object. A part that several calls have brought is there for the last of
// them: what the others had brought was given up with the upload that it was for.
func bringersOf(calls []*call) map[objectKey][]bringer {
	all := map[objectKey][]bringer{}
	for _, c := range calls { // in the order in which they began
		list := all[c.object]
		a := c.success()
		switch {
		case c.carriesBody() && a != nil:
			b := bringer{c.about, a, a.Bytes}
			if i := slices.IndexFunc(list, func(l bringer) bool { return l.about == c.about }); c.name != c.about && i >= 0 {
				list[i] = b
			} else {
				list = append(list, b)
			}
		case c.download():
			for _, a := range c.attempts {
				if n := received(a); n > 0 {
					list = append(list, bringer{a: a, bytes: n})
				}
			}
		}
		all[c.object] = list
	}
	return all
}

// deliveries returns what brought the verified objects: the successful attempt of each part, or of the only call, or the ranges. Together the
// deliveries of an object are its size. (What an attempt put on the wire can be more: S3's chunked signatures lie between the bytes, and a range may
// come twice.) Of objects that the trial's end cut off it returns what had come through.
func deliveries(calls []*call, objects []record.Object) []delivery {
	parts := bringersOf(calls)
	single := map[objectKey]*record.Attempt{}
	download := map[objectKey]bool{}
	for _, c := range calls {
		if a := c.success(); a != nil {
			single[c.object] = a
		}
		download[c.object] = c.download()
	}
	ds := unfinished(calls, objects)
	for _, o := range objects {
		key := objectKey{o.Client, o.Ordinal}
		var sent int64
		for _, b := range parts[key] {
			sent += b.bytes
		}
		seen := !o.Single || !download[key]
		switch {
		case !o.Verified:
		case o.Single && single[key] != nil:
			a := single[key]
			to := end(a)
			if download[key] { // the answer's body comes after its headers
				to = max(to, o.EndS)
			}
			ds = append(ds, delivery{from: a.StartS, to: to, bytes: float64(o.Size), client: o.Client, seen: seen})
		case sent == 0: // its attempts are not known; the object is all there is
			ds = append(ds, delivery{from: o.StartS, to: o.EndS, bytes: float64(o.Size), client: o.Client, seen: seen})
		default:
			once := sent
			if download[key] && o.Moved > 0 {
				once = min(sent, o.Moved)
			}
			for _, b := range parts[key] {
				share := float64(b.bytes) / float64(sent)
				ds = append(ds, delivery{
					from: b.a.StartS, to: bodyEnd(b.a), bytes: share * float64(o.Size), client: o.Client, seen: true, wire: share * float64(once),
				})
			}
		}
	}
	return ds
}

// lastEnd is when the last delivery ended; zero: there was none.
func lastEnd(ds []delivery) (end float64) {
	for _, d := range ds {
		end = max(end, d.to)
	}
	return end
}

// lastOpen is the last end of an object that was not verified; zero: there was none.
func lastOpen(objects []record.Object) (end float64) {
	for i := range objects {
		if !objects[i].Verified {
			end = max(end, objects[i].EndS)
		}
	}
	return end
}

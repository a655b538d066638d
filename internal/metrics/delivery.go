package metrics

import "github.com/ratebench/ratebench/internal/record"

// delivery is content of a verified object on its way: bytes brought between from and to.
type delivery struct {
	from, to float64 // seconds since the trial began
	bytes    float64
	client   int
	up       bool // in requests' bodies
}

// deliveries returns what brought the verified objects: the successful attempt of each part, or of the only call. Together the deliveries of an
// object are its size. (What an attempt put on the wire can be more: S3's chunked signatures lie between the bytes.)
func deliveries(calls []*call, objects []record.Object) []delivery {
	parts := map[objectKey][]*record.Attempt{}
	sent := map[objectKey]int64{}
	single := map[objectKey]*record.Attempt{}
	download := map[objectKey]bool{}
	for _, c := range calls {
		single[c.object] = c.success()
		download[c.object] = c.download()
		if a := c.success(); a != nil && c.carriesBody() {
			parts[c.object] = append(parts[c.object], a)
			sent[c.object] += a.Bytes
		}
	}
	var ds []delivery
	for _, o := range objects {
		up := !o.Single || !download[objectKey{o.Client, o.Ordinal}]
		key := objectKey{o.Client, o.Ordinal}
		switch {
		case !o.Verified:
		case o.Single && single[key] != nil: // the answer's body comes after its headers
			a := single[key]
			ds = append(ds, delivery{a.StartS, max(a.StartS+a.TookS, o.EndS), float64(o.Size), o.Client, up})
		case sent[key] == 0: // its attempts are not known; the object is all there is
			ds = append(ds, delivery{o.StartS, o.EndS, float64(o.Size), o.Client, up})
		default:
			for _, a := range parts[key] {
				share := float64(a.Bytes) / float64(sent[key])
				ds = append(ds, delivery{a.StartS, a.StartS + a.TookS, share * float64(o.Size), o.Client, up})
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

package scenarios

import (
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// What Crypt4GH makes of a file, in bytes.
const (
	segment       = 64 * units.KiB        // of plain text
	sealedSegment = segment + 28          // with its nonce and tag
	envelope      = 124                   // the header for one recipient, in front of the segments
	leastCut      = 80 * sealedSegment    // the fewest whole segments that are no less than S3's least part
	mostCut       = 81885 * sealedSegment // the most that are no more than its largest
	manyParts     = 9995                  // what the Connector aims at where parts as configured would be too many
)

// Cut is the size of a part of a file of kind ghga, in bytes, as the Connector cuts it from the size that is configured: uploads round it up to
// whole segments and fit it to S3's limits, downloads take it as it is. size is that of the plain text.
func (w *Workload) Cut(size, configured int64) int64 {
	if w.Do == DoDownload {
		return configured
	}
	aligned := ceil(configured, int64(sealedSegment)) * int64(sealedSegment)
	sealed := w.Brought(size)
	if ceil(sealed, aligned) >= maxParts {
		aligned = ceil(ceil(sealed-envelope, manyParts), int64(sealedSegment)) * int64(sealedSegment)
	}
	return min(max(aligned, int64(leastCut)), int64(mostCut))
}

// Brought is how many bytes the parts of a file of kind ghga have together. The header of a download comes another way.
func (w *Workload) Brought(size int64) int64 {
	n := size + 28*ceil(size, int64(segment))
	if w.Do == DoDownload {
		return n
	}
	return n + envelope
}

func ceil(a, b int64) int64 { return (a-1)/b + 1 }

// sealed is the same scenario with the sizes that the network and S3 see.
func (s *Scenario) sealed(partSize int64) (*Scenario, int64) {
	out := *s
	plain := int64(s.Workload.ObjectSize)
	out.Workload.ObjectSize = units.Size(s.Workload.Brought(plain))
	return &out, s.Workload.Cut(plain, partSize)
}

// ghgaBound is the bound of a trial of kind ghga in bytes of plain text per second, which is what its goodput counts: what is moved are the
// encrypted bytes, so the bound of a workload that uploads those is scaled by what they are more. Besides its limits there are those of the
// control plane that are certain:
//
//	part url bucket   objects × (parts − buildup) × interval: every file has a bucket of its own, and its parts one URL each at least
//	staging           once for each client, which asks for all files before it moves the first; on top of the transfer
//
// Its round trips are those of a client before its first file, and of each file those for tokens, creation, URL and completion, or for a token,
// the object, once more if it is staged, and its envelope. Deleting moves nothing and has no bound.
func (s *Scenario) ghgaBound(waste float64, partSize int64, concurrency int) (rate float64, name string, ok bool) {
	if s.Workload.Do == DoDelete {
		return 0, "", false
	}
	moved, cut := s.sealed(partSize)
	rate, name, ok = moved.boundOf(waste, cut, concurrency)
	return rate * float64(s.Workload.ObjectSize) / float64(moved.Workload.ObjectSize), name, ok
}

// services lists what the control plane limits. Sizes are those of encrypted files.
func (s *Scenario) services(partSize int64) (all []limit) {
	if s.Workload.Kind != KindGHGA {
		return nil
	}
	w, g := s.Workload, s.GHGA
	switch w.Do {
	case DoUpload:
		beyond := Parts(int64(w.ObjectSize), partSize) - g.PartURLBuildup
		if each := float64(max(0, beyond)) * g.PartURLInterval.D().Seconds(); each > 0 { // seconds that a file takes at least
			rate := float64(w.ObjectSize) * float64(w.Clients) / each
			all = append(all, limit{"part url bucket", float64(w.Objects) * each, func(t float64) float64 { return rate * t }})
		}
	case DoDownload:
		if g.Staging > 0 { // once all is staged it limits nobody, so in a span of time anything may come
			all = append(all, limit{"staging", g.Staging.D().Seconds(), func(float64) float64 { return s.bytes() }})
		}
	}
	return all
}

// ghgaTokens is what the requests that moving one file takes for certain pay at a rule. The count is how often an operation pays.
func (s *Scenario) ghgaTokens(count func(op string, n int) int, parts int, perKey bool) int {
	if s.Workload.Do == DoDownload {
		n := count(ops.GetObject, parts)
		if !perKey {
			n += count(ops.WPSToken, 1) + count(ops.DCSObject, 1) + count(ops.DCSEnvelope, 1)
		}
		return n
	}
	n := count(ops.UploadPart, parts)
	if !perKey { // of create, upload and close
		n += count(ops.WPSToken, 3) + count(ops.UCSCreate, 1) + count(ops.UCSPartURL, parts) + count(ops.UCSComplete, 1)
	}
	return n
}

// starting is how many round trips a client makes before its first file, one after the other: for the values of the deployment, the health of the
// service, and the work package.
const starting = 3

// asking is the time in seconds from when a client first asks for a file to download until it has asked for all of them, each for a token and the
// object, and the first is there: one that has to be staged is so for a time after it was asked for.
func (s *Scenario) asking() float64 {
	if s.Workload.Kind != KindGHGA || s.Workload.Do != DoDownload {
		return 0
	}
	return max(2*float64(s.Workload.Objects)*s.trip(), s.trip()+s.GHGA.Staging.D().Seconds())
}

// trips is how many round trips a file takes at least, one after the other, and in how many of them the link of its client, if it is alone there,
// carries no part. Those of asking come before.
func (s *Scenario) trips(partSize int64, concurrency int) (all, idle int) {
	parts := Parts(int64(s.Workload.ObjectSize), partSize)
	rounds := (parts-1)/concurrency + 1
	waits := 1 // for the answer to the last part
	if concurrency == 1 {
		waits = parts
	}
	if s.Workload.Do == DoDownload { // object again once it is staged, envelope, ranges
		asked := 1
		if s.GHGA.Staging > 0 {
			asked = 2
		}
		return asked + rounds, asked + waits
	}
	// Two tokens, creation and a URL come before the first part; another token and the completion after the last.
	return 6 + rounds, 6 + waits
}

// edges is the time at the ends of a trial in which a link that several clients share carries no parts: before the first that any of them
// can send, and after the last, which is of a file that has still to be completed.
func (s *Scenario) edges() float64 {
	if s.Workload.Kind != KindGHGA {
		return 0
	}
	_, trips := s.trips(int64(s.Workload.ObjectSize), 1) // of a file of one part
	return float64(starting+trips)*s.trip() + s.asking()
}

// mover is the operation that brings a part.
func (w *Workload) mover() string {
	if w.Kind == KindGHGA && w.Do == DoDownload {
		return ops.GetObject
	}
	return ops.UploadPart
}

// whole reports whether an object of one part may go up as a whole.
func (w *Workload) whole(parts int) bool { return parts == 1 && w.Kind != KindGHGA }

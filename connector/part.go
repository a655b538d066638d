package connector

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// part is one part of an encrypted file, in a buffer. It comes from a cutter with plain text where the segments will be, and is sealed by
// the worker that sends it.
type part struct {
	number int
	data   []byte
	plain  []span // segments that are not encrypted yet, in order
	upTo   string // digest of the plain file so far; see PartDigests
}

// span is a range of a part's data.
type span struct{ from, to int }

// seal encrypts the part in place and computes its digests on the way, while a segment is still in the processor's cache.
func (p *part) seal(s *sealer) PartDigests {
	m, h := md5.New(), sha256.New()
	hashed := 0
	hash := func(to int) {
		m.Write(p.data[hashed:to])
		h.Write(p.data[hashed:to])
		hashed = to
	}
	for _, seg := range p.plain {
		s.seal(p.data[seg.from:seg.to])
		hash(seg.to)
	}
	hash(len(p.data))
	return PartDigests{MD5: hex.EncodeToString(m.Sum(nil)), SHA256: hex.EncodeToString(h.Sum(nil)), Plain: p.upTo}
}

// etag is S3's of a multipart upload of these parts.
func etag(parts []PartDigests) (string, error) {
	h := md5.New()
	for _, p := range parts {
		raw, err := hex.DecodeString(p.MD5)
		if err != nil {
			return "", err
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts)), nil
}

package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/rclone/gofakes3"
)

// Info is what the server knows of an object.
type Info struct {
	Size int64 // bytes
	// ETag has no quotes: the MD5 in hex, or for a multipart upload the MD5 of the parts' MD5s, a dash, and their number.
	ETag     string
	Modified time.Time
	// Parts in order. An object of a simple PUT has one part with number 0.
	Parts []Part
}

// Part is one part of an object.
type Part struct {
	Number int
	Size   int64 // bytes
	MD5    [16]byte
}

// Stat tells what is stored under a key, and whether anything is. It asks for no signature: it is meant for
// verification by whoever runs the server.
func (s *Server) Stat(bucket, key string) (Info, bool) {
	obj, err := s.lookup(bucket, key)
	if err != nil {
		return Info{}, false
	}
	info := Info{Size: obj.size, ETag: obj.etag, Modified: obj.modified, Parts: make([]Part, len(obj.parts))}
	for i, p := range obj.parts {
		info.Parts[i] = p.Part
	}
	return info, true
}

// Delete removes an object and what was kept of it. An object that is not there is no error.
func (s *Server) Delete(bucket, key string) {
	s.mu.Lock()
	var gone *object
	if b := s.buckets[bucket]; b != nil {
		gone = b.objects[key]
		delete(b.objects, key)
	}
	s.mu.Unlock()
	if gone != nil {
		s.files.remove(gone.parts...)
	}
}

// multipartETag is the ETag of a multipart object, as S3 computes it.
func multipartETag(parts []part) string {
	hash := md5.New()
	for i := range parts {
		hash.Write(parts[i].MD5[:])
	}
	return hex.EncodeToString(hash.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

func (p *Part) etag() string { return hex.EncodeToString(p.MD5[:]) }

func quote(etag string) string { return `"` + etag + `"` }

// Abort drops a multipart upload and its parts, and reports whether there was one.
func (s *Server) Abort(bucket, key, upload string) bool {
	return backend{s}.AbortMultipartUpload(context.Background(), bucket, key, gofakes3.UploadID(upload)) == nil
}

package s3

import (
	"net/http"
	"strings"
	"time"

	"github.com/rclone/gofakes3"
)

// bucket, object and upload are guarded by Server.mu. An object and its parts never change once they are in a bucket.
type bucket struct {
	created time.Time
	objects map[string]*object
	uploads map[string]*upload
}

func newBucket() *bucket {
	return &bucket{created: time.Now(), objects: map[string]*object{}, uploads: map[string]*upload{}}
}

type object struct {
	parts    []part
	size     int64
	etag     string
	modified time.Time
	header   http.Header
	// uploadID is the upload that it came from, so that a Complete that is asked again can be told from a new one.
	uploadID string
}

type upload struct {
	id, key   string
	initiated time.Time
	header    http.Header
	parts     map[int]part
}

// lookup finds an object.
func (s *Server) lookup(bucket, key string) (*object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.buckets[bucket]
	if b == nil {
		return nil, noSuch(gofakes3.ErrNoSuchBucket, bucket)
	}
	obj := b.objects[key]
	if obj == nil {
		return nil, noSuch(gofakes3.ErrNoSuchKey, bucket+"/"+key)
	}
	return obj, nil
}

// upload finds an upload. The caller holds mu.
func (s *Server) upload(bucket, key, id string) *upload {
	b := s.buckets[bucket]
	if b == nil {
		return nil
	}
	up := b.uploads[id]
	if up == nil || up.key != key {
		return nil
	}
	return up
}

// keptHeader picks from what gofakes3 calls metadata (all of X-Amz-* and Content-*) what S3 gives back with an object.
func keptHeader(meta map[string]string) http.Header {
	h := http.Header{}
	for name, value := range meta {
		switch name {
		case "Content-Type", "Content-Disposition", "Content-Language", "Cache-Control":
			h.Set(name, value)
		case "Content-Encoding":
			if value = strings.Trim(strings.Replace(value, "aws-chunked", "", 1), " ,"); value != "" {
				h.Set(name, value)
			}
		default:
			if strings.HasPrefix(name, "X-Amz-Meta-") {
				h.Set(name, value)
			}
		}
	}
	return h
}

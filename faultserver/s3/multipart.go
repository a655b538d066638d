package s3

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/rclone/gofakes3"
)

// CreateMultipartUpload begins an upload. Ids sort by the time of their creation, as lists of uploads do.
func (s backend) CreateMultipartUpload(_ context.Context, bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	up := &upload{
		id: fmt.Sprintf("%012x-%s", s.seq.Add(1), rand.Text()), key: key, initiated: time.Now(),
		header: keptHeader(meta), parts: map[int]part{},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil {
		return "", gofakes3.BucketNotFound(bucket)
	}
	b.uploads[up.id] = up
	return gofakes3.UploadID(up.id), nil
}

// UploadPart stores a part in the place of an earlier one with its number.
func (s backend) UploadPart(_ context.Context, bucket, key string, id gofakes3.UploadID, number int, size int64, body io.Reader) (string, error) {
	p, err := s.receive(number, size, body)
	if err != nil {
		return "", clientError(err)
	}
	return s.addPart(bucket, key, string(id), p)
}

// addPart puts a part into its upload and returns its ETag.
func (s *Server) addPart(bucket, key, id string, p part) (string, error) {
	s.mu.Lock()
	up := s.upload(bucket, key, id)
	old := p // of an upload that was aborted or completed while the body came
	if up != nil {
		old = up.parts[p.Number]
		up.parts[p.Number] = p
	}
	s.mu.Unlock()
	s.files.remove(old)
	if up == nil {
		return "", gofakes3.ErrNoSuchUpload
	}
	return quote(p.etag()), nil
}

// AbortMultipartUpload drops an upload and its parts.
func (s backend) AbortMultipartUpload(_ context.Context, bucket, key string, id gofakes3.UploadID) error {
	s.mu.Lock()
	up := s.upload(bucket, key, string(id))
	if up != nil {
		delete(s.buckets[bucket].uploads, up.id)
	}
	s.mu.Unlock()
	if up == nil {
		return gofakes3.ErrNoSuchUpload
	}
	for _, p := range up.parts {
		s.files.remove(p)
	}
	return nil
}

// CompleteMultipartUpload is never asked: Server.serveComplete answers before gofakes3.
func (s backend) CompleteMultipartUpload(context.Context, string, string, gofakes3.UploadID, *gofakes3.CompleteMultipartUploadRequest) (gofakes3.VersionID, string, error) {
	return "", "", gofakes3.ErrNotImplemented
}

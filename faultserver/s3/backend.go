package s3

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/rclone/gofakes3"
)

// backend is what gofakes3 calls. It is apart from Server so that Server exports only what is meant for users.
type backend struct{ *Server }

var (
	_ gofakes3.Backend          = backend{}
	_ gofakes3.MultipartBackend = backend{}
)

func (s backend) ListBuckets(context.Context) ([]gofakes3.BucketInfo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]gofakes3.BucketInfo, 0, len(s.buckets))
	for name, b := range s.buckets {
		list = append(list, gofakes3.BucketInfo{Name: name, CreationDate: gofakes3.NewContentTime(b.created)})
	}
	slices.SortFunc(list, func(a, b gofakes3.BucketInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (s backend) CreateBucket(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, name)
	}
	s.buckets[name] = newBucket()
	return nil
}

func (s backend) BucketExists(_ context.Context, name string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.buckets[name] != nil, nil
}

func (s backend) DeleteBucket(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return gofakes3.BucketNotFound(name)
	}
	if len(b.objects) > 0 || len(b.uploads) > 0 {
		return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, name)
	}
	delete(s.buckets, name)
	return nil
}

// PutObject stores a simple PUT. gofakes3 answers with the ETag that it computes itself.
func (s backend) PutObject(_ context.Context, bucket, key string, meta map[string]string, body io.Reader, size int64) (gofakes3.PutObjectResult, error) {
	p, err := s.receive(0, size, body)
	if err != nil {
		return gofakes3.PutObjectResult{}, clientError(err)
	}
	return gofakes3.PutObjectResult{}, s.addObject(bucket, key, p, keptHeader(meta))
}

// addObject stores an object of one part.
func (s *Server) addObject(bucket, key string, p part, header http.Header) (err error) {
	obj := &object{parts: []part{p}, size: p.Size, etag: p.etag(), modified: p.modified, header: header}
	s.mu.Lock()
	b := s.buckets[bucket]
	var old []part
	if b != nil {
		old = b.put(key, obj)
	} else {
		old, err = obj.parts, gofakes3.BucketNotFound(bucket)
	}
	s.mu.Unlock()
	s.files.remove(old...)
	return err
}

// put stores an object and returns the parts of the one that it replaces.
func (b *bucket) put(key string, obj *object) (old []part) {
	if o := b.objects[key]; o != nil {
		old = o.parts
	}
	b.objects[key] = obj
	return old
}

func (s backend) DeleteObject(_ context.Context, bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	s.Delete(bucket, key)
	return gofakes3.ObjectDeleteResult{}, nil
}

func (s backend) DeleteMulti(_ context.Context, bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	var res gofakes3.MultiDeleteResult
	for _, key := range keys {
		s.Delete(bucket, key)
		res.Deleted = append(res.Deleted, gofakes3.ObjectID{Key: key})
	}
	return res, nil
}

// GetObject and HeadObject are never asked: Server.getObject answers before gofakes3.
func (s backend) GetObject(context.Context, string, string, *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	return nil, gofakes3.ErrNotImplemented
}

func (s backend) HeadObject(context.Context, string, string) (*gofakes3.Object, error) {
	return nil, gofakes3.ErrNotImplemented
}

// CopyObject is never asked: copies are refused before gofakes3.
func (s backend) CopyObject(context.Context, string, string, string, string, map[string]string) (gofakes3.CopyObjectResult, error) {
	return gofakes3.CopyObjectResult{}, gofakes3.ErrNotImplemented
}

// clientError gives an error the form in which gofakes3 passes its message on; others it replaces by "Internal Error".
func clientError(err error) error {
	if _, coded := err.(gofakes3.Error); coded {
		return err
	}
	return gofakes3.ErrorMessage(gofakes3.ErrInternal, err.Error())
}

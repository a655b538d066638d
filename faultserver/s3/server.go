package s3

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rclone/gofakes3"
)

// DefaultMinPartSize is the least size in bytes that S3 takes for every part but the last.
const DefaultMinPartSize = 5 << 20

// Config says how the embedded server is to be. Access key and secret key must be set.
type Config struct {
	AccessKey string // at least three characters
	SecretKey string
	Region    string   // empty: us-east-1
	Buckets   []string // exist from the start
	// Dir is where content is kept: the server makes a folder of its own in it and removes that at Close.
	// Empty: no content is kept, only sizes and digests.
	Dir string
	// Counted lets the server look at no byte of any content: CountedMD5 takes the place of MD5, and checksums and
	// signatures of content are not checked. It does not go with Dir.
	Counted bool
	// MinPartSize in bytes. Zero: DefaultMinPartSize. Negative: no least size.
	MinPartSize int64
}

// Server is an embedded S3 server. It is an http.Handler and safe for concurrent use.
type Server struct {
	cfg   Config
	fake  http.Handler
	gofa  *gofakes3.GoFakeS3
	files files
	seq   atomic.Int64

	mu      sync.RWMutex // guards all below, and what hangs on it
	buckets map[string]*bucket
}

// New makes an embedded server. Close removes what it stored.
func New(cfg Config) (*Server, error) {
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	cfg.MinPartSize = cmp.Or(cfg.MinPartSize, DefaultMinPartSize)
	if len(cfg.AccessKey) < 3 || cfg.SecretKey == "" {
		return nil, errors.New("embedded S3 server: an access key of at least three characters and a secret key are needed")
	}
	if cfg.Counted && cfg.Dir != "" {
		return nil, errors.New("embedded S3 server: content that is only counted cannot be kept")
	}
	s := &Server{cfg: cfg, buckets: map[string]*bucket{}}
	for _, name := range cfg.Buckets {
		if err := gofakes3.ValidateBucketName(name); err != nil {
			return nil, fmt.Errorf("embedded S3 server: bucket %q: %w", name, err)
		}
		s.buckets[name] = newBucket()
	}
	if cfg.Dir != "" {
		if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("embedded S3 server: folder for content: %w", err)
		}
		dir, err := os.MkdirTemp(cfg.Dir, "s3-")
		if err != nil {
			return nil, fmt.Errorf("embedded S3 server: folder for content: %w", err)
		}
		s.files = files{dir: dir, create: createFile}
	}
	// No keys are given to gofakes3: authorize has checked every request before, once.
	s.gofa = gofakes3.New(backend{s}, gofakes3.WithLogger(gofakes3.DiscardLog()), gofakes3.WithoutVersioning())
	s.fake = s.gofa.Server()
	return s, nil
}

// Close removes the content that the server kept. Requests must have ended before.
func (s *Server) Close() error {
	if s.files.dir == "" {
		return nil
	}
	if err := os.RemoveAll(s.files.dir); err != nil {
		return fmt.Errorf("embedded S3 server: content is left behind: %w", err)
	}
	return nil
}

// ServeHTTP answers one S3 request, path-style.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Amz-Request-Id", strconv.FormatInt(s.seq.Add(1), 16))
	if err := s.route(w, r); err != nil {
		writeError(w, r, err)
	}
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) error {
	if err := s.authorize(r); err != nil {
		return err
	}
	bucket, key, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	for _, sub := range unsupported {
		if q.Has(sub) {
			return &apiError{http.StatusNotImplemented, "NotImplemented", "?" + sub + " is not implemented by the embedded server"}
		}
	}
	if r.Header.Get("X-Amz-Copy-Source") != "" {
		return &apiError{http.StatusNotImplemented, "NotImplemented", "copying is not implemented by the embedded server"}
	}
	if s.cfg.Counted && r.Method == http.MethodPut && key != "" {
		return s.takeCounted(w, r, bucket, key, q)
	}
	id := q.Get("uploadId")
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case id != "" && r.Method == http.MethodGet:
		return s.listParts(w, bucket, key, id, q)
	case id != "" && r.Method == http.MethodPost:
		return s.serveComplete(w, r, bucket, key, id)
	case id == "" && key != "" && read && !q.Has("uploads") && !q.Has("versionId"):
		return s.getObject(w, r, bucket, key)
	case key == "" && q.Has("uploads") && r.Method == http.MethodGet:
		return s.listUploads(w, bucket, q)
	case key == "" && q.Has("location") && r.Method == http.MethodGet:
		return s.location(w, bucket)
	}
	if n := r.Header.Get("X-Amz-Decoded-Content-Length"); n != "" && r.Header.Get("Content-Length") == "" {
		// minio-go sends an empty object so; gofakes3 wants a length, and then takes the decoded one.
		r = r.Clone(r.Context())
		r.Header.Set("Content-Length", n)
	}
	s.fake.ServeHTTP(w, r)
	return nil
}

// unsupported are the sub-resources that gofakes3 does not know. It would take a PUT of an object's tags for a PUT of
// the object.
var unsupported = []string{
	"acl", "tagging", "attributes", "policy", "cors", "lifecycle", "encryption", "retention", "legal-hold", "torrent",
	"restore", "select", "website", "notification", "replication", "logging", "accelerate", "requestPayment",
	"object-lock", "publicAccessBlock", "ownershipControls",
}

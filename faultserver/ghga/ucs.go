package ghga

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Config says how the UCS is to be. Endpoint, Bucket, AccessKey and SecretKey must be set.
type Config struct {
	// Endpoint is the S3 endpoint that the UCS itself talks to, past the faults.
	Endpoint *url.URL
	// PublicEndpoint is what part URLs are presigned for: the fault server's address. Nil: Endpoint.
	PublicEndpoint *url.URL
	Region         string // empty: us-east-1
	Bucket         string // must exist before the first upload
	AccessKey      string
	SecretKey      string
	// Transport carries the UCS's own requests to S3. Nil: minio-go's default.
	Transport http.RoundTripper

	// StorageAlias is the one storage that boxes may name. Empty: test.
	StorageAlias string
	// URLLifetime of part URLs, in whole seconds from 1 s to 7 days. Zero: 3600 s.
	URLLifetime time.Duration
	// MaxOpenUploads is how many uploads of a box may be in state init. Zero: 5. Negative: no limit.
	MaxOpenUploads int
	// NewID makes the ids of boxes, files and objects, in this order. It must make UUIDs of version 4. It is called by
	// one goroutine at a time. Nil: random ones.
	NewID func() uuid.UUID
}

// UCS is an Upload Controller Service. It is an http.Handler and safe for concurrent use.
type UCS struct {
	cfg     Config
	mux     *http.ServeMux
	storage storage

	mu      sync.Mutex // guards all below, and what hangs on it
	boxes   map[uuid.UUID]*box
	files   map[uuid.UUID]*file
	aliases map[string]string // by object key
}

// New makes a UCS without boxes. It asks nothing of S3 yet.
func New(cfg Config) (*UCS, error) {
	if cfg.Endpoint == nil || cfg.Bucket == "" || cfg.AccessKey == "" || cfg.SecretKey == "" {
		return nil, errors.New("ghga: the UCS needs an S3 endpoint, a bucket, an access key and a secret key")
	}
	cfg.PublicEndpoint = cmp.Or(cfg.PublicEndpoint, cfg.Endpoint)
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	cfg.StorageAlias = cmp.Or(cfg.StorageAlias, "test")
	cfg.URLLifetime = cmp.Or(cfg.URLLifetime, time.Hour)
	cfg.MaxOpenUploads = cmp.Or(cfg.MaxOpenUploads, 5)
	if cfg.URLLifetime < time.Second || cfg.URLLifetime > 7*24*time.Hour {
		return nil, fmt.Errorf("ghga: part URLs cannot live %v: choose from 1s to 168h", cfg.URLLifetime)
	}
	if cfg.NewID == nil {
		cfg.NewID = uuid.New
	}
	u := &UCS{cfg: cfg, boxes: map[uuid.UUID]*box{}, files: map[uuid.UUID]*file{}, aliases: map[string]string{}}
	var err error
	u.storage.bucket = cfg.Bucket
	if u.storage.direct, err = newCore(cfg, cfg.Endpoint); err != nil {
		return nil, err
	}
	if u.storage.public, err = newCore(cfg, cfg.PublicEndpoint); err != nil {
		return nil, err
	}
	u.routes()
	return u, nil
}

func newCore(cfg Config, endpoint *url.URL) (*minio.Core, error) {
	core, err := minio.NewCore(endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Secure: endpoint.Scheme == "https",
		Region: cfg.Region, Transport: cfg.Transport, BucketLookup: minio.BucketLookupPath, MaxRetries: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("ghga: S3 client for %s: %w", endpoint.Host, err)
	}
	return core, nil
}

// Object tells where the content of a file is, by the file's id. ok is false for an unknown file.
func (u *UCS) Object(fileID string) (bucket, key string, ok bool) {
	id, err := uuid.Parse(fileID)
	if err != nil {
		return "", "", false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[id]
	if f == nil {
		return "", "", false
	}
	return u.cfg.Bucket, f.objectID.String(), true
}

// OrdinalOf leads from an object's key back to the alias of its upload, so that an object is known by a name that is the
// same in every run. It knows an object from before its upload is created in S3, and for as long as the UCS lives.
func (u *UCS) OrdinalOf(objectKey string) (alias string, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	alias, ok = u.aliases[objectKey]
	return alias, ok
}

func (u *UCS) routes() {
	u.mux = http.NewServeMux()
	u.mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		sendJSON(w, http.StatusOK, map[string]string{"status": "OK"})
	})
	for pattern, h := range map[string]handler{
		"POST /boxes":                                           u.createBox,
		"PATCH /boxes/{box_id}":                                 u.updateBox,
		"POST /boxes/{box_id}/uploads":                          u.createUpload,
		"GET /boxes/{box_id}/uploads":                           u.listUploads,
		"PATCH /boxes/{box_id}/uploads/{file_id}":               u.completeUpload,
		"DELETE /boxes/{box_id}/uploads/{file_id}":              u.deleteUpload,
		"GET /boxes/{box_id}/uploads/{file_id}/parts/{part_no}": u.partURL,
	} {
		u.mux.Handle(pattern, h)
	}
}

// ServeHTTP answers one request. X-Request-Id is given back; where it is missing or no UUID of version 4 a new one is.
func (u *UCS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Request-Id")
	if parsed, err := uuid.Parse(id); err != nil || parsed.Version() != 4 {
		id = uuid.NewString()
	}
	w.Header().Set("X-Request-Id", id)
	u.mux.ServeHTTP(&frameworkErrors{ResponseWriter: w}, r)
}

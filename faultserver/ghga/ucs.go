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
	// NewID makes the ids of boxes, work packages, files and objects. It must make UUIDs of version 4. It is called by
	// one goroutine at a time. Nil: random ones.
	NewID func() uuid.UUID
}

// UCS is an Upload Controller Service. It is an http.Handler and safe for concurrent use.
type UCS struct {
	service *service
	cfg     Config
	rules   uploadRules
	storage storage

	completed chan struct{} // holds one when a file was completed, and nobody has looked since

	mu    sync.Mutex // guards all below, and what hangs on it
	boxes map[uuid.UUID]*box
	files map[uuid.UUID]*file
	names map[string]string // aliases, or accessions, by the ids of files and the keys of objects
	begun []*file           // all that S3 may hold something of, in the order in which they were created, records or not
}

// uploadRules are the switches that a UCS on its own does not have.
type uploadRules struct {
	urlInterval time.Duration // zero: part URLs have no limit
	urlBuildup  int
	hintFactor  float64
	versionRace bool
	checkParts  bool
	uploadTTL   time.Duration // how long an upload lives without activity
}

// maxURLLifetime is S3's own limit for presigned URLs.
const maxURLLifetime = 7 * 24 * time.Hour

// New makes a UCS that stands alone, without boxes. It asks for no tokens, and nothing of S3 yet.
func New(cfg Config) (*UCS, error) { return newUCS(cfg, nil, uploadRules{}) }

func newUCS(cfg Config, tokens *verifier, rules uploadRules) (*UCS, error) {
	if cfg.Endpoint == nil || cfg.Bucket == "" || cfg.AccessKey == "" || cfg.SecretKey == "" {
		return nil, errors.New("ghga: the UCS needs an S3 endpoint, a bucket, an access key and a secret key")
	}
	cfg.PublicEndpoint = cmp.Or(cfg.PublicEndpoint, cfg.Endpoint)
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	cfg.StorageAlias = cmp.Or(cfg.StorageAlias, "test")
	cfg.URLLifetime = cmp.Or(cfg.URLLifetime, time.Hour)
	cfg.MaxOpenUploads = cmp.Or(cfg.MaxOpenUploads, 5)
	if cfg.URLLifetime < time.Second || cfg.URLLifetime > maxURLLifetime {
		return nil, fmt.Errorf("ghga: part URLs cannot live %v: choose from 1s to 168h", cfg.URLLifetime)
	}
	if cfg.NewID == nil {
		cfg.NewID = uuid.New
	}
	u := &UCS{cfg: cfg, rules: rules, completed: make(chan struct{}, 1), boxes: map[uuid.UUID]*box{}, files: map[uuid.UUID]*file{}, names: map[string]string{}}
	var err error
	u.storage.bucket = cfg.Bucket
	if u.storage.direct, err = newCore(cfg, cfg.Endpoint); err != nil {
		return nil, err
	}
	if u.storage.public, err = newCore(cfg, cfg.PublicEndpoint); err != nil {
		return nil, err
	}
	u.routes(tokens)
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

// OrdinalOf leads from a file's id or its object's key back to the alias of its upload, so that both are known by a name that is
// the same in every run. It knows them from before the upload is created in S3, and for as long as the UCS lives.
func (u *UCS) OrdinalOf(name string) (alias string, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	alias, ok = u.names[name]
	return alias, ok
}

// name makes the ids of a file and of its object. The caller holds mu.
func (u *UCS) name(alias string) (file, object uuid.UUID) {
	file, object = u.cfg.NewID(), u.cfg.NewID()
	u.names[file.String()], u.names[object.String()] = alias, alias
	return file, object
}

func (u *UCS) routes(tokens *verifier) {
	box, file := []claim{claimBox}, []claim{claimBox, claimFile}
	u.service = newService(tokens, internalError(), map[string]route{
		"GET /health":                  {health, nil},
		"POST /boxes":                  {u.createBox, &accepted{rs: []string{workCreate}}},
		"PATCH /boxes/{box_id}":        {u.updateBox, &accepted{rs: []string{workLock, workUnlock, workArchive, workResize}, claims: box}},
		"DELETE /boxes/{box_id}":       {u.deleteBox, &accepted{rs: []string{workDeleteBox}, claims: box}},
		"POST /boxes/{box_id}/uploads": {u.createUpload, &accepted{wps: []string{workCreate}, claims: []claim{claimBox, claimAlias}}},
		// Note: the service takes view tokens of the RS only, while the Connector sends those of the WPS; so both do here.
		"GET /boxes/{box_id}/uploads":                           {u.listUploads, &accepted{wps: []string{workView}, rs: []string{workView}, claims: box}},
		"PATCH /boxes/{box_id}/uploads/{file_id}":               {u.completeUpload, &accepted{wps: []string{workClose}, claims: file}},
		"DELETE /boxes/{box_id}/uploads/{file_id}":              {u.deleteUpload, &accepted{wps: []string{workDelete}, rs: []string{workDelete}, claims: file}},
		"GET /boxes/{box_id}/uploads/{file_id}/parts/{part_no}": {u.partURL, &accepted{wps: []string{workUpload}, claims: file}},
	})
}

func health(*request) (int, any, error) { return http.StatusOK, map[string]string{"status": "OK"}, nil }

// ServeHTTP answers one request. X-Request-Id is given back; where it is missing or no UUID of version 4 a new one is. See also
// [PlatformConfig].RequireCorrelationID.
func (u *UCS) ServeHTTP(w http.ResponseWriter, r *http.Request) { u.service.ServeHTTP(w, r) }

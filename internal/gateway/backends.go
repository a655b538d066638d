package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
)

// Backend is what stands behind the faults.
type Backend struct {
	Name     string // for people; no secret
	Handler  http.Handler
	Classify ops.Classifier
	Admin    faults.Admin // nil: it is no S3
	// Dir holds a folder with what clients store, which Close removes; empty: it is not on this machine's disk, as far as is known.
	Dir string
	// AccessKey and SecretKey are what clients sign with; empty: nobody signs.
	AccessKey, SecretKey, Region string
	// name tells objects whose keys are new in every run by what is not; nil: there are none.
	name  func(ops.Request) (string, bool)
	open  func(ctx context.Context, at *url.URL) error // what needs the address; nil: nothing does
	close func() error
}

// Close ends it and removes what is temporary.
func (b *Backend) Close() error {
	if b.close == nil {
		return nil
	}
	return b.close()
}

// Keys are a pair that clients sign with.
type Keys struct{ Access, Secret string }

// Embedded is the embedded S3, with its bytes in a folder; empty: in a temporary one. What it stores is removed at the end.
func Embedded(dir, region string, keys Keys, buckets []string) (*Backend, error) {
	remove := ""
	if dir == "" {
		tmp, err := os.MkdirTemp("", "ratebench-")
		if err != nil {
			return nil, fmt.Errorf("making a folder for the bytes: %w", err)
		}
		dir, remove = tmp, tmp
	}
	region = cmp.Or(region, "us-east-1")
	store, err := s3.New(s3.Config{AccessKey: keys.Access, SecretKey: keys.Secret, Region: region, Buckets: buckets, Dir: dir})
	if err != nil {
		if remove != "" {
			err = errors.Join(err, os.RemoveAll(remove))
		}
		return nil, err
	}
	return &Backend{
		Name: "embedded S3, bytes in " + dir, Dir: dir, Handler: store, Classify: ops.S3, Admin: storeAdmin{store},
		AccessKey: keys.Access, SecretKey: keys.Secret, Region: region,
		close: func() error {
			err := store.Close()
			if remove != "" {
				err = errors.Join(err, os.RemoveAll(remove))
			}
			return err
		},
	}, nil
}

// storeAdmin reaches the embedded S3.
type storeAdmin struct{ store *s3.Server }

func (a storeAdmin) AbortUpload(_ context.Context, bucket, key, upload string) error {
	if !a.store.Abort(bucket, key, upload) {
		return errors.New("there is no such upload")
	}
	return nil
}

func (a storeAdmin) DeleteObject(_ context.Context, bucket, key string) error {
	a.store.Delete(bucket, key)
	return nil
}

// Endpoint is an S3 endpoint: clients sign with keys, and requests are signed anew with those of the endpoint.
func Endpoint(to *url.URL, region string, theirs, keys Keys) (*Backend, error) {
	region = cmp.Or(region, "us-east-1")
	wire := s3.NewProxyTransport()
	client, err := minio.New(to.Host, &minio.Options{
		Creds: credentials.NewStaticV4(theirs.Access, theirs.Secret, ""), Secure: to.Scheme == "https", Region: region,
		BucketLookup: minio.BucketLookupPath, Transport: wire,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint %s: %w", to.Redacted(), err)
	}
	return &Backend{
		Name: "S3 at " + to.Redacted(), Classify: ops.S3, Admin: endpointAdmin{minio.Core{Client: client}},
		Handler: s3.NewResigningProxy(s3.ResignConfig{
			ProxyConfig:     s3.ProxyConfig{Endpoint: to, Transport: wire},
			ClientAccessKey: keys.Access, ClientSecretKey: keys.Secret, AccessKey: theirs.Access, SecretKey: theirs.Secret, Region: region,
		}),
		AccessKey: keys.Access, SecretKey: keys.Secret, Region: region,
		close: func() error { wire.CloseIdleConnections(); return nil },
	}, nil
}

type endpointAdmin struct{ core minio.Core }

func (a endpointAdmin) AbortUpload(ctx context.Context, bucket, key, upload string) error {
	return a.core.AbortMultipartUpload(ctx, bucket, key, upload)
}

func (a endpointAdmin) DeleteObject(ctx context.Context, bucket, key string) error {
	return a.core.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{})
}

// HTTP is any HTTP service.
func HTTP(to *url.URL) *Backend {
	wire := s3.NewProxyTransport()
	return &Backend{
		Name: to.Redacted(), Classify: ops.Plain,
		Handler: &httputil.ReverseProxy{
			Transport: wire, BufferPool: buffers, ErrorLog: log.New(io.Discard, "", 0), FlushInterval: -1,
			Rewrite: func(p *httputil.ProxyRequest) {
				p.SetURL(to)
				p.Out.URL.RawQuery = p.In.URL.RawQuery // as it came
			},
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				http.Error(w, "no answer from "+to.Redacted()+": "+err.Error(), http.StatusBadGateway)
			},
		},
		close: func() error { wire.CloseIdleConnections(); return nil },
	}
}

// buffers are for copying bodies.
var buffers = &pool{sync.Pool{New: func() any { return new([64 << 10]byte) }}}

type pool struct{ p sync.Pool }

func (p *pool) Get() []byte  { return p.p.Get().(*[64 << 10]byte)[:] }
func (p *pool) Put(b []byte) { p.p.Put((*[64 << 10]byte)(b)) }

// Echo answers with what it got, without what may be secret.
func Echo() *Backend {
	return &Backend{Name: "echo", Classify: ops.Plain, Handler: http.HandlerFunc(echo)}
}

// secret lists headers that an echo keeps to itself.
var secret = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Amz-Security-Token", "X-Api-Key"}

func echo(w http.ResponseWriter, r *http.Request) {
	h := sha256.New()
	n, err := io.Copy(h, r.Body)
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	header := r.Header.Clone()
	for _, name := range secret {
		header.Del(name)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // an error here means that the client has gone
		"method": r.Method, "path": r.URL.Path, "header": header, "bytes": n, "sha256": hex.EncodeToString(h.Sum(nil)),
	})
}

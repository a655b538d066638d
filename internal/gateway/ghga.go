package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/direct"
)

// GHGA puts GHGA's control plane before an S3 backend, on one address: what is not for a service of GHGA goes to S3. The bucket is made if
// there is none, and then removed at the end, with all that is in it. prepare is called once the address is known and before anybody is let in.
func GHGA(store *Backend, bucket string, cfg ghga.PlatformConfig, prepare func(ctx context.Context, at *url.URL, p *ghga.Platform) error) *Backend {
	b := &Backend{
		Name: "GHGA, over " + store.Name, Admin: store.Admin, AccessKey: store.AccessKey, SecretKey: store.SecretKey, Region: store.Region,
		close: store.Close,
		Classify: func(r *http.Request) ops.Request {
			if ofPlatform(r) {
				return ops.GHGA(r)
			}
			return store.Classify(r)
		},
	}
	b.open = func(ctx context.Context, at *url.URL) error {
		cfg := cfg
		// The services' own requests go past the faults.
		aside := &direct.Wire{Handler: store.Handler, Link: direct.NewLink(0, 0), Address: "127.0.0.1:1", Detached: true}
		cfg.Endpoint, cfg.PublicEndpoint, cfg.Transport = &url.URL{Scheme: "http", Host: at.Host}, at, headered{aside}
		cfg.AccessKey, cfg.SecretKey, cfg.Region, cfg.Bucket = store.AccessKey, store.SecretKey, store.Region, bucket
		sweep, err := ensureBucket(ctx, cfg)
		if err != nil {
			return err
		}
		b.close = func() error { return errors.Join(sweep(), store.Close()) }
		p, err := ghga.NewPlatform(cfg)
		if err != nil {
			return err
		}
		b.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ofPlatform(r) {
				p.ServeHTTP(w, r)
				return
			}
			store.Handler.ServeHTTP(w, r)
		})
		return prepare(ctx, at, p)
	}
	return b
}

// ofPlatform says whether a request is for GHGA's services. No bucket can be called like one of them: wps, ucs and dcs refuse what they do not
// know, and S3 allows no name that begins with a dot.
func ofPlatform(r *http.Request) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case ".well-known", "wps", "ucs", "dcs":
		return true
	}
	return false
}

// headered adds what a server finds in the header, and a client leaves to the connection. The request's own header stays as it is.
type headered struct{ next http.RoundTripper }

func (h headered) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.ContentLength >= 0 {
		r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
	}
	return h.next.RoundTrip(r)
}

// ensureBucket makes the bucket if need be. sweep removes it then.
func ensureBucket(ctx context.Context, cfg ghga.PlatformConfig) (sweep func() error, err error) {
	client, err := minio.New(cfg.Endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Region: cfg.Region, BucketLookup: minio.BucketLookupPath, Transport: cfg.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 behind GHGA: %w", err)
	}
	there, err := client.BucketExists(ctx, cfg.Bucket)
	if err != nil {
		return nil, fmt.Errorf("looking for the bucket %s: %w", cfg.Bucket, err)
	}
	if there {
		return func() error { return nil }, nil
	}
	if err := client.MakeBucket(ctx, cfg.Bucket, minio.MakeBucketOptions{Region: cfg.Region}); err != nil {
		return nil, fmt.Errorf("making the bucket %s: %w", cfg.Bucket, err)
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for u := range client.ListIncompleteUploads(ctx, cfg.Bucket, "", true) {
			if u.Err == nil {
				_ = client.RemoveIncompleteUpload(ctx, cfg.Bucket, u.Key) // removing the bucket tells
			}
		}
		for o := range client.ListObjects(ctx, cfg.Bucket, minio.ListObjectsOptions{Recursive: true}) {
			if o.Err == nil {
				_ = client.RemoveObject(ctx, cfg.Bucket, o.Key, minio.RemoveObjectOptions{})
			}
		}
		if err := client.RemoveBucket(ctx, cfg.Bucket); err != nil {
			return fmt.Errorf("removing the bucket %s, which was made for this: %w", cfg.Bucket, err)
		}
		return nil
	}, nil
}

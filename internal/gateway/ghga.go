package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/direct"
	"github.com/ratebench/ratebench/scenarios"
)

// GHGA puts GHGA's control plane before an S3 backend, on one address: what is not for a service of GHGA goes to S3. The bucket is made if
// there is none; empty stands for one of its own with a random name. At the end all that the services have put there is removed, and the bucket if it
// was made and is empty then. prepare is called once the address is known and before anybody is let in.
func GHGA(store *Backend, bucket string, cfg ghga.PlatformConfig, prepare func(ctx context.Context, at *url.URL, p *ghga.Platform) error) (*Backend, error) {
	if ofServices(bucket) {
		return nil, fmt.Errorf("a bucket behind GHGA cannot be called %s, as its services are below /%s", bucket, bucket)
	}
	if bucket == "" {
		bucket = "ratebench-" + strings.ToLower(rand.Text())
	}
	var p *ghga.Platform // once it is open
	b := &Backend{
		Name: "GHGA, over " + store.Name, Dir: store.Dir, Admin: store.Admin, AccessKey: store.AccessKey, SecretKey: store.SecretKey, Region: store.Region,
		close: store.Close,
		Classify: func(r *http.Request) ops.Request {
			if ofPlatform(r) {
				return ops.GHGA(r)
			}
			return store.Classify(r)
		},
		// The services' ids and keys are new in every run, and so are those of boxes.
		name: func(q ops.Request) (string, bool) {
			name, ok := p.OrdinalOf(q.Key)
			if !ok && ops.Control(q.Op) {
				return q.Key, true
			}
			return name, ok
		},
	}
	b.open = func(ctx context.Context, at *url.URL) error {
		cfg := cfg
		// The services' own requests go past the faults.
		aside := &direct.Wire{Handler: store.Handler, Link: direct.NewLink(0, 0), Address: "127.0.0.1:1"}
		cfg.Endpoint, cfg.PublicEndpoint, cfg.Transport = &url.URL{Scheme: "http", Host: at.Host}, at, headered{aside}
		cfg.AccessKey, cfg.SecretKey, cfg.Region, cfg.Bucket = store.AccessKey, store.SecretKey, store.Region, bucket
		var err error
		if p, err = ghga.NewPlatform(cfg); err != nil {
			return err
		}
		remove, err := ensureBucket(ctx, cfg)
		if err != nil {
			return err
		}
		stop := keep(p, cfg.Archive)
		b.close = func() error {
			stop()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return errors.Join(p.Clear(ctx), remove(ctx), store.Close())
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
	return b, nil
}

// keep starts the UCS's clean-up job, and what archives files if that is wanted. stop ends them and waits for them.
func keep(p *ghga.Platform, archive bool) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var jobs sync.WaitGroup
	jobs.Go(func() { p.KeepClean(ctx) })
	if archive {
		jobs.Go(func() { p.KeepArchiving(ctx) })
	}
	return func() {
		cancel()
		jobs.Wait()
	}
}

// PlatformConfig is how a scenario wants the control plane to be.
func PlatformConfig(g scenarios.GHGA) ghga.PlatformConfig {
	return ghga.PlatformConfig{
		Config:       ghga.Config{URLLifetime: g.PartURLLifetime.D(), MaxOpenUploads: g.MaxOpenUploads},
		IgnoreExpiry: g.TokenExpiry == scenarios.ExpiryIgnored, Leeway: g.Leeway.D(), TokenLifetime: g.TokenLifetime.D(),
		PartURLInterval: g.PartURLInterval.D(), PartURLBuildup: g.PartURLBuildup, VersionRace: g.VersionRace,
		CheckPartSizes: g.CheckPartSizes, UploadTTL: g.UploadTTL.D(), CleanupInterval: g.CleanupInterval.D(),
		RequireCorrelationID: g.CorrelationIDs == scenarios.CorrelationRequired,
		Staging:              g.Staging.D(), RetryAfterMin: g.RetryAfterMin.D(), DownloadURLLifetime: g.DownloadURLLifetime.D(),
	}
}

// ofPlatform says whether a request is for GHGA's services.
func ofPlatform(r *http.Request) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return ofServices(first)
}

// ofServices says whether the first part of a path leads to GHGA's services. A bucket that is called so could not be reached.
func ofServices(first string) bool {
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

// ensureBucket makes the bucket if need be. remove removes it then, unless somebody else has put something there.
func ensureBucket(ctx context.Context, cfg ghga.PlatformConfig) (remove func(context.Context) error, err error) {
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
		return func(context.Context) error { return nil }, nil
	}
	if err := client.MakeBucket(ctx, cfg.Bucket, minio.MakeBucketOptions{Region: cfg.Region}); err != nil {
		return nil, fmt.Errorf("making the bucket %s: %w", cfg.Bucket, err)
	}
	return func(ctx context.Context) error {
		if err := client.RemoveBucket(ctx, cfg.Bucket); err != nil && minio.ToErrorResponse(err).Code != "BucketNotEmpty" {
			return fmt.Errorf("removing the bucket %s, which was made for this: %w", cfg.Bucket, err)
		}
		return nil
	}, nil
}

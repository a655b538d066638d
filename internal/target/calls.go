package target

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// openCalls puts what takes calls behind the faults: the service that is built in, any HTTP service, or S3. Towards the
// client they look the same: a call asks for the key of its ordinal. What the backend wants to see instead is put in its
// place behind the faults, where a signature for S3 is made too.
func (x *trial) openCalls(ctx context.Context) (err error) {
	backend, err := x.callBackend(ctx)
	if err != nil {
		return err
	}
	h := x.faults.Handler(backend, ops.Calls)
	x.through = x.direct
	if x.site.scenario.Workload.Wire == "direct" {
		x.handler = h
		return nil
	}
	if x.s3Front, err = x.listen(h, x.faults.Listener); err != nil {
		return err
	}
	x.through.Endpoint = x.s3Front.url
	return nil
}

// callBackend is what stands behind the faults, and sets how to reach it past them.
func (x *trial) callBackend(ctx context.Context) (http.Handler, error) {
	switch site := x.site; {
	case site.http != nil:
		return x.openHTTP(), nil
	case site.external != nil:
		return x.openS3Calls(ctx)
	}
	x.direct = runner.S3{Endpoint: &url.URL{Scheme: "http", Host: directHost}, Region: region, Bucket: embeddedBucket}
	return http.HandlerFunc(x.service), nil
}

// asked is the call that a request is about.
func (x *trial) asked(r *http.Request) (call scenarios.Call, ordinal int, ok bool) {
	n, ok := x.ordinal(ops.Calls(r))
	return x.site.scenario.Workload.Pick(x.seed, n), n, ok
}

// openHTTP leads to an HTTP service.
func (x *trial) openHTTP() http.Handler {
	to := x.site.http
	host := &url.URL{Scheme: to.Scheme, Host: to.Host}
	x.proxied = gateway.HTTP(host)
	x.direct = runner.S3{Endpoint: host, Region: region, Bucket: embeddedBucket}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call, n, _ := x.asked(r)
		at := to.Path
		if call.Path != "" {
			at = strings.TrimSuffix(at, "/") + strings.ReplaceAll(call.Path, "{n}", strconv.Itoa(n))
		}
		if at == "" {
			at = "/"
		}
		x.proxied.Handler.ServeHTTP(w, elsewhere(r, at))
	})
}

// openS3Calls leads to a real S3, where what is to be downloaded is put first.
func (x *trial) openS3Calls(ctx context.Context) (http.Handler, error) {
	to := *x.site.external
	x.direct = to
	wire := x.wire()
	var err error
	if x.client, err = dial(to, wire); err != nil {
		return nil, err
	}
	if err := x.Check(ctx); err != nil {
		return nil, err
	}
	for _, c := range x.site.scenario.Workload.Calls() {
		if c.Method != http.MethodGet && c.Method != http.MethodHead {
			continue
		}
		_, err := x.client.PutObject(ctx, to.Bucket, x.downloadKey(c), io.LimitReader(zeros{}, int64(c.Size)), int64(c.Size), minio.PutObjectOptions{})
		if err != nil {
			return nil, fmt.Errorf("putting what calls will get: %s", reason(err))
		}
	}
	proxy := s3.NewSigningProxy(s3.ResignConfig{
		ProxyConfig: s3.ProxyConfig{Endpoint: to.Endpoint, Transport: wire},
		AccessKey:   to.AccessKey, SecretKey: to.SecretKey, Region: to.Region,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if call, _, ok := x.asked(r); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			r = elsewhere(r, "/"+to.Bucket+"/"+x.downloadKey(call))
		}
		proxy.ServeHTTP(w, r)
	}), nil
}

// downloadKey is the key of what a GET or HEAD gets: all calls of one size share it.
func (x *trial) downloadKey(c scenarios.Call) string {
	return x.prefix + "/download-" + strconv.FormatInt(int64(c.Size), 10)
}

// elsewhere is the same request for another path.
func elsewhere(r *http.Request, path string) *http.Request {
	out := *r
	out.URL = &url.URL{Path: path}
	return &out
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// verifyCall compares what came back with what was asked for; at S3, what is there with what was sent.
func (x *trial) verifyCall(ctx context.Context, o runner.Object, r runner.Receipt) error {
	if x.site.http != nil {
		return nil // 2xx is all that is known of a service
	}
	call := x.site.scenario.Workload.Pick(x.seed, o.Ordinal)
	switch {
	case call.Download() && r.Read != o.Size:
		return fmt.Errorf("the answer has %d bytes, asked for were %d", r.Read, o.Size)
	case x.client != nil && call.Method == http.MethodPut:
		info, err := x.client.StatObject(ctx, x.direct.Bucket, o.Key, minio.StatObjectOptions{})
		if err != nil {
			return fmt.Errorf("asking for it: %s", reason(err))
		}
		if info.Size != o.Size {
			return fmt.Errorf("it has %d bytes, sent were %d", info.Size, o.Size)
		}
	case x.client == nil && slices.Contains(withBody, call.Method):
		if want := countedETag(o.Size); r.ETag != want {
			return fmt.Errorf("the service says that it got %s bytes, sent were %d", r.ETag, o.Size)
		}
	}
	return nil
}

// withBody are the methods whose requests have a body that the built-in service counts.
var withBody = []string{http.MethodPut, http.MethodPost, http.MethodPatch}

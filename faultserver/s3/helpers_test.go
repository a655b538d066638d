package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	testKey    = "test-access"
	testSecret = "test-secret-key"
	testBucket = "uploads"
)

// fixture is a server under test and a client that speaks to it.
type fixture struct {
	t    *testing.T
	srv  *Server
	url  *url.URL
	core *minio.Core
}

func start(t *testing.T, cfg Config) *fixture {
	t.Helper()
	cfg.AccessKey, cfg.SecretKey = testKey, testSecret
	cfg.Buckets = append(cfg.Buckets, testBucket)
	srv, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	hs := httptest.NewServer(srv)
	t.Cleanup(func() {
		hs.Close()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(hs.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t: t, srv: srv, url: u, core: newCore(t, u.Host, testKey, testSecret, "us-east-1")}
}

func newCore(t testing.TB, host, key, secret, region string) *minio.Core {
	t.Helper()
	core, err := minio.NewCore(host, &minio.Options{
		Creds: credentials.NewStaticV4(key, secret, ""), Region: region, MaxRetries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return core
}

func (f *fixture) create(key string) string {
	f.t.Helper()
	id, err := f.core.NewMultipartUpload(f.t.Context(), testBucket, key, minio.PutObjectOptions{})
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

// presign makes the URL of a part upload.
func presign(t testing.TB, core *minio.Core, key, id string, part int, life time.Duration) string {
	t.Helper()
	q := url.Values{"uploadId": {id}, "partNumber": {strconv.Itoa(part)}}
	u, err := core.Presign(context.Background(), http.MethodPut, testBucket, key, life, q)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

// put sends a body to a URL and returns status, S3 error code and ETag.
func put(t testing.TB, u string, body []byte) (status int, code, etag string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, u, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, req)
}

func do(t testing.TB, req *http.Request) (status int, code, etag string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ = strings.Cut(string(b), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return resp.StatusCode, code, strings.Trim(resp.Header.Get("ETag"), `"`)
}

func (f *fixture) part(key, id string, n int, body []byte) minio.CompletePart {
	f.t.Helper()
	status, code, etag := put(f.t, presign(f.t, f.core, key, id, n, time.Hour), body)
	if status != http.StatusOK {
		f.t.Fatalf("part %d: status %d %s", n, status, code)
	}
	return minio.CompletePart{PartNumber: n, ETag: etag}
}

func (f *fixture) complete(key, id string, parts ...minio.CompletePart) (string, error) {
	f.t.Helper()
	info, err := f.core.CompleteMultipartUpload(f.t.Context(), testBucket, key, id, parts, minio.PutObjectOptions{})
	return info.ETag, err
}

// wantCode checks the S3 error code of a client's error.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if got := minio.ToErrorResponse(err).Code; err == nil || got != code {
		t.Errorf("got error %v with code %q, want code %q", err, got, code)
	}
}

// wantETag computes a multipart ETag from the parts' bodies.
func wantETag(parts ...[]byte) string {
	var sums []byte
	for _, p := range parts {
		sum := md5.Sum(p)
		sums = append(sums, sum[:]...)
	}
	sum := md5.Sum(sums)
	return hex.EncodeToString(sum[:]) + "-" + strconv.Itoa(len(parts))
}

// body makes n bytes that tell where they are.
func body(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i>>8) ^ byte(i)*31 ^ seed
	}
	return b
}

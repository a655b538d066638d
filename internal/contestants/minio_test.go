package contestants

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/internal/runner"
)

// fakeS3 takes a multipart upload. fail answers a part's attempt with an error if it returns a status.
type fakeS3 struct {
	fail func(part string, attempt int) int

	mu        sync.Mutex
	attempts  map[string]int
	completed bool
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	q := r.URL.Query()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		fmt.Fprint(w, `<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`)
	case r.Method == http.MethodPut && q.Has("partNumber"):
		part := q.Get("partNumber")
		f.attempts[part]++
		if f.fail != nil {
			if code := f.fail(part, f.attempts[part]); code != 0 {
				w.WriteHeader(code)
				return
			}
		}
		w.Header().Set("ETag", `"part`+part+`"`)
	case r.Method == http.MethodPost && q.Has("uploadId"):
		f.completed = true
		fmt.Fprint(w, `<CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>key</Key><ETag>"whole-3"</ETag></CompleteMultipartUploadResult>`)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
}

// counted says how many requests are under way.
type counted struct {
	next  http.RoundTripper
	under atomic.Int64
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	c.under.Add(1)
	defer c.under.Add(-1)
	return c.next.RoundTrip(req)
}

func minioUpload(t *testing.T, fake *fakeS3, with map[string]string) (runner.Receipt, *counted, error) {
	t.Helper()
	fake.attempts = map[string]int{}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	endpoint, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	wire := &counted{next: server.Client().Transport}
	c, err := New("minio-go", "", with)
	if err != nil {
		t.Fatal(err)
	}
	up, err := c.(runner.SDKContestant).Uploader(runner.Client{
		Wire: wire, Concurrency: 3, PartSize: 5 << 20,
		S3: runner.S3{Endpoint: endpoint, Region: "us-east-1", Bucket: "bucket", AccessKey: "access", SecretKey: "topsecret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const size = 11 << 20 // two parts and a shorter one
	r, err := up.Upload(ctx, runner.Object{Key: "key", Size: size, PartSize: 5 << 20, Content: bytes.NewReader(make([]byte, size))})
	return r, wire, err
}

// The table's default is the library's own.
func TestSDKDefault(t *testing.T) {
	c, err := New("minio-go", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.(*minioContestant).maxRetries; got != minio.MaxRetry {
		t.Errorf("max_retries is %d by default, minio-go's is %d", got, minio.MaxRetry)
	}
}

func TestSDK(t *testing.T) {
	fake := &fakeS3{fail: func(part string, attempt int) int {
		if part == "2" && attempt == 1 {
			return 503
		}
		return 0
	}}
	r, _, err := minioUpload(t, fake, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.ETag != "whole-3" || !fake.completed || fake.attempts["1"] != 1 || fake.attempts["2"] != 2 || fake.attempts["3"] != 1 {
		t.Errorf("receipt %+v after %v", r, fake.attempts)
	}
}

func TestSDKFails(t *testing.T) {
	fake := &fakeS3{fail: func(part string, _ int) int {
		if part == "2" {
			return 503
		}
		return 0
	}}
	_, wire, err := minioUpload(t, fake, map[string]string{"max_retries": "1", "content_sha256": "false"})
	if err == nil || !strings.Contains(err.Error(), "uploading key") || strings.Contains(err.Error(), "topsecret") {
		t.Errorf("got %v", err)
	}
	if fake.attempts["2"] != 1 || fake.completed {
		t.Errorf("attempts %v, completed %v", fake.attempts, fake.completed)
	}
	if n := wire.under.Load(); n != 0 {
		t.Errorf("%d requests are under way after the upload has ended", n)
	}
}

func TestTrackedRefusesAfterTheEnd(t *testing.T) {
	ctx, requests := track(t.Context())
	w := &wire{status: func(int) (int, string) { return 200, "" }}
	if _, err := (tracked{w}).RoundTrip(put(ctx)); err != nil {
		t.Error(err)
	}
	requests.end()
	if _, err := (tracked{w}).RoundTrip(put(ctx)); err == nil || len(w.times) != 1 {
		t.Errorf("a request began after the end (%v)", err)
	}
	if _, err := (tracked{w}).RoundTrip(put(t.Context())); err != nil || len(w.times) != 2 {
		t.Errorf("an untracked request: %v", err)
	}
}

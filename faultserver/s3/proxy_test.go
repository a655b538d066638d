package s3

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/internal/miniotest"
)

// front puts a proxy before an endpoint and returns the proxy's address.
func front(t testing.TB, endpoint *url.URL) string {
	t.Helper()
	transport := NewProxyTransport()
	hs := httptest.NewServer(NewProxy(ProxyConfig{Endpoint: endpoint, Transport: transport}))
	t.Cleanup(func() {
		hs.Close()
		transport.CloseIdleConnections()
	})
	return hs.Listener.Addr().String()
}

func TestProxyToMinIO(t *testing.T) {
	srv := miniotest.New(t)
	direct := newCore(t, srv.Endpoint.Host, srv.AccessKey, srv.SecretKey, "us-east-1")
	if err := direct.MakeBucket(t.Context(), testBucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	host := front(t, srv.Endpoint)
	through(t, host, newCore(t, host, srv.AccessKey, srv.SecretKey, "us-east-1"), direct)

	// The endpoint dies: every request is answered, none hangs.
	srv.Kill()
	core := newCore(t, host, srv.AccessKey, srv.SecretKey, "us-east-1")
	for range 3 {
		if status, code, _ := put(t, presign(t, core, "k", "id", 1, time.Hour), body(100, 1)); status != 502 || code != "BadGateway" {
			t.Errorf("after the end of MinIO: %d %s", status, code)
		}
	}
}

func TestProxyToEmbedded(t *testing.T) {
	f := start(t, Config{})
	host := front(t, f.url)
	through(t, host, newCore(t, host, testKey, testSecret, "us-east-1"), f.core)
}

// through uploads by presigned URLs through a proxy, and checks the object past it.
func through(t *testing.T, host string, core, direct *minio.Core) {
	t.Helper()
	const key = "a b/ö+c"
	id, err := core.NewMultipartUpload(t.Context(), testBucket, key, minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	bodies := [][]byte{body(5<<20, 1), body(1234, 2)}
	var parts []minio.CompletePart
	for i, b := range bodies {
		status, code, etag := put(t, presign(t, core, key, id, i+1, time.Hour), b)
		if status != http.StatusOK {
			t.Fatalf("part %d: %d %s", i+1, status, code)
		}
		parts = append(parts, minio.CompletePart{PartNumber: i + 1, ETag: etag})
	}
	for name, u := range map[string]string{
		"other part":  strings.Replace(presign(t, core, key, id, 1, time.Hour), "partNumber=1", "partNumber=3", 1),
		"other host":  strings.Replace(presign(t, direct, key, id, 1, time.Hour), direct.EndpointURL().Host, host, 1),
		"other bytes": strings.Replace(presign(t, core, key, id, 1, time.Hour), "X-Amz-Signature=", "X-Amz-Signature=0", 1),
	} {
		if status, code, _ := put(t, u, body(10, 1)); status != http.StatusForbidden || code != "SignatureDoesNotMatch" {
			t.Errorf("%s: got %d %s", name, status, code)
		}
	}
	info, err := core.CompleteMultipartUpload(t.Context(), testBucket, key, id, parts, minio.PutObjectOptions{})
	if err != nil || strings.Trim(info.ETag, `"`) != wantETag(bodies...) {
		t.Errorf("complete: %+v, %v", info, err)
	}
	head, err := direct.StatObject(t.Context(), testBucket, key, minio.StatObjectOptions{})
	if err != nil || head.ETag != wantETag(bodies...) || head.Size != 5<<20+1234 {
		t.Errorf("HEAD: %+v, %v", head, err)
	}
}

func TestProxyEndpointGone(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := &url.URL{Scheme: "http", Host: l.Addr().String(), User: url.UserPassword("user", "pass")}
	l.Close()
	host := front(t, endpoint)
	resp, err := http.Get("http://" + host + "/bucket/key?X-Amz-Signature=abc&X-Amz-Credential=def")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	text := string(b)
	if err != nil || resp.StatusCode != http.StatusBadGateway || !strings.Contains(text, "<Code>BadGateway</Code>") || !strings.Contains(text, endpoint.Host) {
		t.Errorf("got %d %s, %v", resp.StatusCode, text, err)
	}
	for _, secret := range []string{"user", "pass", "abc", "def", "X-Amz"} {
		if strings.Contains(text, secret) {
			t.Errorf("the answer names %q: %s", secret, text)
		}
	}
}

// TestProxyStreams checks that bytes reach the endpoint while the client still sends, that there is one try only, and
// that the endpoint sees the end when the client goes away.
func TestProxyStreams(t *testing.T) {
	got := make(chan string, 1)
	ended := make(chan error, 1)
	tries := make(chan struct{}, 10)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries <- struct{}{}
		buf := make([]byte, 5)
		if _, err := io.ReadFull(r.Body, buf); err != nil {
			t.Error(err)
		}
		got <- string(buf) + " " + r.Host + " " + r.URL.RawQuery
		_, err := io.Copy(io.Discard, r.Body)
		ended <- err
	}))
	defer backend.Close()
	endpoint, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	host := front(t, endpoint)
	ctx, cancel := context.WithCancel(t.Context())
	pr, pw := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+host+"/b/k?a=1;b&c", pr)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 1 << 30
	req.Host = "signed.example"
	done := make(chan error, 1)
	go func() {
		_, err := http.DefaultClient.Do(req)
		done <- err
	}()
	if _, err := pw.Write(append([]byte("hello"), bytes.Repeat([]byte{0}, 256<<10)...)); err != nil {
		t.Fatal(err)
	}
	if g := <-got; g != "hello signed.example a=1;b&c" {
		t.Errorf("the endpoint got %q", g)
	}
	cancel()
	pw.Close()
	if err := <-ended; err == nil {
		t.Error("the endpoint got a whole body from a client that went away")
	}
	if err := <-done; err == nil {
		t.Error("the client got an answer")
	}
	if len(tries) != 1 {
		t.Errorf("%d tries, want 1", len(tries))
	}
}

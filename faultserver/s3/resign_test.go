package s3

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/internal/miniotest"
)

// resigning puts a proxy with keys of its own in front of an endpoint.
func resigning(t testing.TB, endpoint *url.URL, access, secret string) *httptest.Server {
	t.Helper()
	transport := NewProxyTransport()
	hs := httptest.NewServer(NewResigningProxy(ResignConfig{
		ProxyConfig:     ProxyConfig{Endpoint: endpoint, Transport: transport},
		ClientAccessKey: "client-key", ClientSecretKey: "client-secret", AccessKey: access, SecretKey: secret,
	}))
	t.Cleanup(func() {
		hs.Close()
		transport.CloseIdleConnections()
	})
	return hs
}

func TestMinIOResigned(t *testing.T) {
	srv := miniotest.New(t)
	direct := newCore(t, srv.Endpoint.Host, srv.AccessKey, srv.SecretKey, "us-east-1")
	if err := direct.MakeBucket(t.Context(), testBucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	resigned(t, resigning(t, srv.Endpoint, srv.AccessKey, srv.SecretKey))
}

func TestEmbeddedResigned(t *testing.T) {
	f := start(t, Config{Dir: t.TempDir()})
	resigned(t, resigning(t, f.url, testKey, testSecret))
}

// resigned uses the proxy in all the ways in which clients sign.
func resigned(t *testing.T, hs *httptest.Server) {
	host := strings.TrimPrefix(hs.URL, "http://")
	for name, opts := range map[string]minio.PutObjectOptions{
		"signed chunks":      {},
		"trailing checksum":  {Checksum: minio.ChecksumCRC32C},
		"signed payload":     {DisableContentSha256: true},
		"content md5":        {SendContentMd5: true},
		"multipart":          {PartSize: 5 << 20},
		"user metadata":      {UserMetadata: map[string]string{"Who": "ä b"}, ContentType: "text/plain"},
		"key with odd signs": {},
	} {
		cl, err := minio.New(host, &minio.Options{
			Creds: credentials.NewStaticV4("client-key", "client-secret", ""), Region: "us-east-1", TrailingHeaders: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		key, size := "dir/"+name, int64(100_000)
		if name == "multipart" {
			size = 12 << 20
		}
		if name == "key with odd signs" {
			key = "dir/ä +&=%41?#.txt"
		}
		want := body(int(size), 7)
		if _, err := cl.PutObject(t.Context(), testBucket, key, bytes.NewReader(want), size, opts); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		obj, err := cl.GetObject(t.Context(), testBucket, key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(obj); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
		}
	}
	core := newCore(t, host, "client-key", "client-secret", "us-east-1")
	u, err := core.Presign(t.Context(), http.MethodGet, testBucket, "dir/signed chunks", time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(u.String())
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("a presigned GET: %v, %v", resp, err)
	}
	resp.Body.Close()
	if n := len(list(t, core)); n != 7 {
		t.Errorf("%d objects are listed, want 7", n)
	}
	for name, c := range map[string]*minio.Core{
		"wrong secret": newCore(t, host, "client-key", "wrong-secret", "us-east-1"), "wrong key": newCore(t, host, "nobody", "client-secret", "us-east-1"),
	} {
		_, err := c.StatObject(t.Context(), testBucket, "dir/multipart", minio.StatObjectOptions{})
		if minio.ToErrorResponse(err).StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func list(t *testing.T, c *minio.Core) (keys []string) {
	for o := range c.Client.ListObjects(t.Context(), testBucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

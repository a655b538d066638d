package ghga

import (
	"bytes"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/internal/miniotest"
)

// TestUploadToMinIO goes the whole way over a real MinIO: create, part URLs, complete, delete.
func TestUploadToMinIO(t *testing.T) {
	srv := miniotest.New(t)
	ucs, err := New(Config{Endpoint: srv.Endpoint, Bucket: bucket, AccessKey: srv.AccessKey, SecretKey: srv.SecretKey})
	if err != nil {
		t.Fatal(err)
	}
	if err := ucs.storage.direct.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(ucs)
	defer server.Close()
	f := &fixture{t: t, ucs: ucs, url: server.URL}

	const size = minPartSize + 1000
	box := f.box(1 << 30)
	file := f.file(box, "a", size)
	sums := [][16]byte{f.put(file, 1, bytes.Repeat([]byte{1}, minPartSize)), f.put(file, 2, bytes.Repeat([]byte{2}, 1000))}
	for range 2 {
		f.want("PATCH", file, finish(sums...), 204, "")
	}
	_, key, _ := ucs.Object(path.Base(file))
	if etag, n, err := ucs.storage.head(t.Context(), key); err != nil || n != size || !strings.Contains(finish(sums...), etag) {
		t.Errorf("HEAD: %s %d %v", etag, n, err)
	}
	f.want("GET", file+"/parts/1", "", 404, exception("s3UploadNotFound", "The multipart upload was not found in S3.", "{}"))

	second := f.file(box, "b", size)
	f.put(second, 1, []byte("part"))
	f.put(second, 2, []byte("longer part"))
	if text := f.want("PATCH", second, finish(), 500, ""); !strings.Contains(text, "uploadCompletionError") {
		t.Errorf("got %s", text)
	}
	for range 2 {
		f.want("DELETE", second, "", 204, "")
	}
	f.want("DELETE", file, "", 204, "")
	if _, _, err := ucs.storage.head(t.Context(), key); !isCode(err, "NoSuchKey") {
		t.Errorf("HEAD after DELETE: %v", err)
	}
}

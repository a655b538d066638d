package ghga

import (
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
)

// Clear takes away all that the platform has made, orphans included, and nothing that was there.
func TestClear(t *testing.T) {
	r := deploy(t, nil).ruler()
	st := r.ucs.storage
	if _, err := st.direct.Client.PutObject(t.Context(), bucket, "mine", strings.NewReader("x"), 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := st.direct.NewMultipartUpload(t.Context(), bucket, "mine", minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	r.whole("done", "12345")
	r.begin(r.wp, "open", 5)
	if resp := r.create("open", create("open", 5)); resp.StatusCode != 409 {
		t.Fatalf("an orphan: %d", resp.StatusCode)
	}
	if err := r.p.Store(t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.p.Clear(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if open, err := r.p.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open uploads %q, %v", open, err)
	}
	if mine, err := st.uploads(t.Context(), "mine"); err != nil || len(mine) != 1 {
		t.Errorf("uploads of somebody else: %d, %v", len(mine), err)
	}
	var left []string
	for o := range st.direct.Client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
		left = append(left, o.Key)
	}
	if len(left) != 1 || left[0] != "mine" {
		t.Errorf("left: %v", left)
	}
}

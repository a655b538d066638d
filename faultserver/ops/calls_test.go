package ops

import (
	"net/http/httptest"
	"testing"
)

func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		method, target, key string
		want                Request
	}{
		{"PUT", "/b/p/object-7", "", Request{Op: PutObject, Bucket: "b", Key: "p/object-7"}},
		{"GET", "/b/k", "", Request{Op: GetObject, Bucket: "b", Key: "k"}},
		{"HEAD", "/b/k", "", Request{Op: HeadObject, Bucket: "b", Key: "k"}},
		{"DELETE", "/b/k", "", Request{Op: DeleteObject, Bucket: "b", Key: "k"}},
		{"POST", "/b/k", "", Request{Op: PostObject, Bucket: "b", Key: "k", Once: true}},
		{"POST", "/b/k", "Idempotency-Key", Request{Op: PostObject, Bucket: "b", Key: "k"}},
		{"PATCH", "/b/k", "", Request{Op: PatchObject, Bucket: "b", Key: "k", Once: true}},
		{"PATCH", "/b/k", "X-Idempotency-Key", Request{Op: PatchObject, Bucket: "b", Key: "k"}},
		{"OPTIONS", "/b/k", "", Request{Op: Other, Bucket: "b", Key: "k"}},
		{"GET", "/b", "", Request{Op: ListObjects, Bucket: "b"}},
	} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		if tt.key != "" {
			r.Header.Set(tt.key, "x")
		}
		if got := Calls(r); got != tt.want {
			t.Errorf("%s %s with %q: %+v, want %+v", tt.method, tt.target, tt.key, got, tt.want)
		}
	}
}

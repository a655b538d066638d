package faultserver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestClassifyS3(t *testing.T) {
	for _, tt := range []struct {
		method, target string
		want           Request
	}{
		{"POST", "/b/k?uploads", Request{OpCreateUpload, "b", "k", 0}},
		{"POST", "/b/k?uploads=&X-Amz-Signature=x", Request{OpCreateUpload, "b", "k", 0}},
		{"PUT", "/b/dir/k?partNumber=17&uploadId=u", Request{OpUploadPart, "b", "dir/k", 17}},
		{"POST", "/b/k?uploadId=u", Request{OpCompleteUpload, "b", "k", 0}},
		{"DELETE", "/b/k?uploadId=u", Request{OpAbortUpload, "b", "k", 0}},
		{"GET", "/b/k?uploadId=u", Request{OpListParts, "b", "k", 0}},
		{"GET", "/b?uploads", Request{OpListUploads, "b", "", 0}},
		{"GET", "/b/?list-type=2&prefix=x", Request{OpListObjects, "b", "", 0}},
		{"GET", "/b/?location", Request{OpOther, "b", "", 0}},
		{"PUT", "/b", Request{OpCreateBucket, "b", "", 0}},
		{"PUT", "/b?versioning", Request{OpOther, "b", "", 0}},
		{"HEAD", "/b", Request{OpHeadBucket, "b", "", 0}},
		{"PUT", "/b/k", Request{OpPutObject, "b", "k", 0}},
		{"GET", "/b/k", Request{OpGetObject, "b", "k", 0}},
		{"HEAD", "/b/k", Request{OpHeadObject, "b", "k", 0}},
		{"DELETE", "/b/k", Request{OpDeleteObject, "b", "k", 0}},
		{"PATCH", "/b/k", Request{OpOther, "b", "k", 0}},
		{"GET", "/", Request{OpOther, "", "", 0}},
	} {
		if got := ClassifyS3(httptest.NewRequest(tt.method, tt.target, nil)); got != tt.want {
			t.Errorf("%s %s: %+v, want %+v", tt.method, tt.target, got, tt.want)
		}
	}
}

func TestClassifyUCS(t *testing.T) {
	for _, tt := range []struct {
		method, target, body string
		want                 Request
	}{
		{"POST", "/boxes", "", Request{OpUCSCreateBox, "", "", 0}},
		{"GET", "/boxes/b/uploads?limit=1", "", Request{OpUCSList, "b", "", 0}},
		{"POST", "/boxes/b/uploads", `{"alias":"a","part_size":1}`, Request{OpUCSCreate, "b", "a", 0}},
		{"POST", "/boxes/b/uploads", `nonsense`, Request{OpUCSCreate, "b", "", 0}},
		{"GET", "/boxes/b/uploads/f/parts/3", "", Request{OpUCSPartURL, "b", "f", 3}},
		{"PATCH", "/boxes/b/uploads/f", "", Request{OpUCSComplete, "b", "f", 0}},
		{"DELETE", "/boxes/b/uploads/f", "", Request{OpUCSDelete, "b", "f", 0}},
		{"GET", "/health", "", Request{OpOther, "", "", 0}},
	} {
		r := httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body))
		if got := ClassifyUCS(r); got != tt.want {
			t.Errorf("%s %s: %+v, want %+v", tt.method, tt.target, got, tt.want)
		}
		if left, err := io.ReadAll(r.Body); err != nil || string(left) != tt.body {
			t.Errorf("%s %s: the body reads %q after classifying (%v), want %q", tt.method, tt.target, left, err, tt.body)
		}
	}
	// A client's request is looked at without touching its body.
	body := strings.NewReader(`{"alias":"a"}`)
	r, err := http.NewRequest("POST", "http://ucs/boxes/b/uploads", body)
	if err != nil {
		t.Fatal(err)
	}
	if got := ClassifyUCS(r); got.Key != "a" || body.Len() != len(`{"alias":"a"}`) {
		t.Errorf("classifying a client's request: key %q, %d bytes left", got.Key, body.Len())
	}
}

package ops

import (
	"net/http/httptest"
	"testing"
)

func TestS3(t *testing.T) {
	for _, tt := range []struct {
		method, target string
		want           Request
	}{
		{"POST", "/b/k?uploads", Request{CreateUpload, "b", "k", 0, "", false, ""}},
		{"POST", "/b/k?uploads=&X-Amz-Signature=x", Request{CreateUpload, "b", "k", 0, "", false, ""}},
		{"PUT", "/b/dir/k?partNumber=17&uploadId=u", Request{UploadPart, "b", "dir/k", 17, "", false, ""}},
		{"POST", "/b/k?uploadId=u", Request{CompleteUpload, "b", "k", 0, "", false, ""}},
		{"DELETE", "/b/k?uploadId=u", Request{AbortUpload, "b", "k", 0, "", false, ""}},
		{"GET", "/b/k?uploadId=u", Request{ListParts, "b", "k", 0, "", false, ""}},
		{"GET", "/b?uploads", Request{ListUploads, "b", "", 0, "", false, ""}},
		{"GET", "/b/?list-type=2&prefix=x", Request{ListObjects, "b", "", 0, "", false, ""}},
		{"GET", "/b/?location", Request{Other, "b", "", 0, "", false, ""}},
		{"PUT", "/b", Request{CreateBucket, "b", "", 0, "", false, ""}},
		{"PUT", "/b?versioning", Request{Other, "b", "", 0, "", false, ""}},
		{"HEAD", "/b", Request{HeadBucket, "b", "", 0, "", false, ""}},
		{"PUT", "/b/k", Request{PutObject, "b", "k", 0, "", false, ""}},
		{"GET", "/b/k", Request{GetObject, "b", "k", 0, "", false, ""}},
		{"HEAD", "/b/k", Request{HeadObject, "b", "k", 0, "", false, ""}},
		{"DELETE", "/b/k", Request{DeleteObject, "b", "k", 0, "", false, ""}},
		{"POST", "/b?delete", Request{DeleteObjects, "b", "", 0, "", false, ""}},
		{"PATCH", "/b/k", Request{Other, "b", "k", 0, "", false, ""}},
		{"GET", "/", Request{Other, "", "", 0, "", false, ""}},
	} {
		got := S3(httptest.NewRequest(tt.method, tt.target, nil))
		got.Upload = "" // has a test of its own
		if got != tt.want {
			t.Errorf("%s %s: %+v, want %+v", tt.method, tt.target, got, tt.want)
		}
	}
}

func TestUpload(t *testing.T) {
	for target, want := range map[string]string{"/b/k?uploadId=u%2B1&partNumber=2": "u+1", "/b/k?partNumber=2&uploadId=": "", "/b/k": ""} {
		if got := S3(httptest.NewRequest("PUT", target, nil)); got.Upload != want {
			t.Errorf("%s: upload %q, want %q", target, got.Upload, want)
		}
	}
}

func TestS3AllocatesNothing(t *testing.T) {
	r := httptest.NewRequest("PUT", "/bucket/key?partNumber=17&uploadId=abc&X-Amz-Signature=x", nil)
	if n := testing.AllocsPerRun(100, func() { S3(r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

package s3

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func quiet(t testing.TB) *Server {
	t.Helper()
	srv, err := New(Config{AccessKey: testKey, SecretKey: testSecret, Buckets: []string{testBucket}})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// FuzzCompleteBody: no list of parts completes an upload that has none, and none is the server's fault.
func FuzzCompleteBody(f *testing.F) {
	f.Add(`<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part></CompleteMultipartUpload>`)
	f.Add(`<CompleteMultipartUpload xmlns="x"></CompleteMultipartUpload>`)
	f.Add(`<CompleteMultipartUpload><Part><PartNumber>-99999999999999999999</PartNumber></Part></CompleteMultipartUpload>`)
	f.Add(strings.Repeat("<a>", 1000))
	srv := quiet(f)
	id, err := (backend{srv}).CreateMultipartUpload(f.Context(), testBucket, "k", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/uploads/k", strings.NewReader(body))
		err := srv.serveComplete(w, r, testBucket, "k", string(id))
		if err == nil {
			t.Fatalf("completed by %q", body)
		}
		writeError(w, r, err)
		if w.Code != http.StatusBadRequest {
			t.Errorf("status %d for %q", w.Code, body)
		}
	})
}

// FuzzListQuery: markers and limits are the client's, and may be anything.
func FuzzListQuery(f *testing.F) {
	f.Add("max-parts=2&part-number-marker=1&max-uploads=1&key-marker=a&upload-id-marker=b&delimiter=/&prefix=k&encoding-type=url")
	f.Add("max-parts=-1")
	f.Add("part-number-marker=99999999999999999999")
	srv := quiet(f)
	id, err := (backend{srv}).CreateMultipartUpload(f.Context(), testBucket, "k/1", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/uploads", nil)
		for _, list := range []func(http.ResponseWriter) error{
			func(w http.ResponseWriter) error { return srv.listParts(w, testBucket, "k/1", string(id), q) },
			func(w http.ResponseWriter) error { return srv.listUploads(w, testBucket, q) },
		} {
			w := httptest.NewRecorder()
			if err := list(w); err != nil {
				writeError(w, r, err)
			}
			if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
				t.Errorf("status %d for %q", w.Code, query)
			}
		}
	})
}

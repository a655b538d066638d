package ops

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGHGA(t *testing.T) {
	for _, tt := range []struct {
		method, target, body string
		want                 Request
	}{
		{"GET", "/.well-known/values", "", Request{Op: WKVSValues}},
		{"GET", "/.well-known/values/ucs_api_url", "", Request{Op: WKVSValues, Key: "ucs_api_url"}},
		{"PUT", "/.well-known/values", "", Request{Op: Other}},
		{"GET", "/wps/health", "", Request{Op: WPSHealth}},
		{"GET", "/wps/work-packages/p", "", Request{Op: WPSPackage, Bucket: "p"}},
		{"POST", "/wps/work-packages", "", Request{Op: Other}},
		{"POST", "/wps/work-packages/p/boxes/b/work-order-tokens", `{"work_type":"create","alias":"a","file_id":null}`, Request{Op: WPSToken, Bucket: "p", Key: "a", Work: "create"}},
		{"POST", "/wps/work-packages/p/boxes/b/work-order-tokens", `{"work_type":"upload","file_id":"f"}`, Request{Op: WPSToken, Bucket: "p", Key: "f", Work: "upload"}},
		{"POST", "/wps/work-packages/p/boxes/b/work-order-tokens", `{"work_type":"view"}`, Request{Op: WPSToken, Bucket: "p", Work: "view"}},
		{"POST", "/wps/work-packages/p/boxes/b/work-order-tokens", `{"work_type":"else"}`, Request{Op: WPSToken, Bucket: "p"}},
		{"POST", "/wps/work-packages/p/files/GHGAF1/work-order-tokens", "", Request{Op: WPSToken, Bucket: "p", Key: "GHGAF1"}},
		{"GET", "/ucs/health", "", Request{Op: UCSHealth}},
		{"POST", "/ucs/boxes/b/uploads", `{"alias":"a"}`, Request{Op: UCSCreate, Bucket: "b", Key: "a"}},
		{"GET", "/ucs/boxes/b/uploads/f/parts/3", "", Request{Op: UCSPartURL, Bucket: "b", Key: "f", Part: 3}},
		{"GET", "/dcs/health", "", Request{Op: DCSHealth}},
		{"GET", "/dcs/objects/GHGAF1", "", Request{Op: DCSObject, Key: "GHGAF1"}},
		{"GET", "/dcs/objects/GHGAF1/envelopes", "", Request{Op: DCSEnvelope, Key: "GHGAF1"}},
		{"HEAD", "/dcs/objects/GHGAF1", "", Request{Op: Other}},
		{"GET", "/boxes/b/uploads", "", Request{Op: Other}},
		{"GET", "/", "", Request{Op: Other}},
	} {
		checkBody(t, GHGA, tt.method, tt.target, tt.body, tt.want)
	}
}

func TestUCS(t *testing.T) {
	for _, tt := range []struct {
		method, target, body string
		want                 Request
	}{
		{"POST", "/boxes", "", Request{Op: UCSCreateBox}},
		{"PATCH", "/boxes/b", "", Request{Op: UCSUpdateBox, Bucket: "b"}},
		{"DELETE", "/boxes/b?version=1", "", Request{Op: UCSDeleteBox, Bucket: "b"}},
		{"GET", "/boxes/b/uploads?limit=1", "", Request{Op: UCSList, Bucket: "b"}},
		{"POST", "/boxes/b/uploads", `{"alias":"a","part_size":1}`, Request{Op: UCSCreate, Bucket: "b", Key: "a"}},
		{"POST", "/boxes/b/uploads", `nonsense`, Request{Op: UCSCreate, Bucket: "b"}},
		{"GET", "/boxes/b/uploads/f/parts/3", "", Request{Op: UCSPartURL, Bucket: "b", Key: "f", Part: 3}},
		{"PATCH", "/boxes/b/uploads/f", "", Request{Op: UCSComplete, Bucket: "b", Key: "f"}},
		{"DELETE", "/boxes/b/uploads/f", "", Request{Op: UCSDelete, Bucket: "b", Key: "f"}},
		{"GET", "/health", "", Request{Op: UCSHealth}},
		{"GET", "/healthy", "", Request{Op: Other}},
	} {
		checkBody(t, UCS, tt.method, tt.target, tt.body, tt.want)
	}
	// A client's request is looked at without touching its body.
	body := strings.NewReader(`{"alias":"a"}`)
	r, err := http.NewRequest("POST", "http://ucs/boxes/b/uploads", body)
	if err != nil {
		t.Fatal(err)
	}
	if got := UCS(r); got.Key != "a" || body.Len() != len(`{"alias":"a"}`) {
		t.Errorf("classifying a client's request: key %q, %d bytes left", got.Key, body.Len())
	}
}

// A client whose bodies are all the same reader finds it at its beginning.
func TestPeekPutsBack(t *testing.T) {
	body := strings.NewReader(`{"alias":"a"}`)
	r, err := http.NewRequest("POST", "http://ucs/boxes/b/uploads", body)
	if err != nil {
		t.Fatal(err)
	}
	r.GetBody = func() (io.ReadCloser, error) {
		_, err := body.Seek(0, io.SeekStart)
		return io.NopCloser(body), err
	}
	if got := UCS(r); got.Key != "a" || body.Len() != len(`{"alias":"a"}`) {
		t.Errorf("key %q, %d bytes left", got.Key, body.Len())
	}
}

func checkBody(t *testing.T, classify Classifier, method, target, body string, want Request) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if got := classify(r); got != want {
		t.Errorf("%s %s: %+v, want %+v", method, target, got, want)
	}
	if left, err := io.ReadAll(r.Body); err != nil || string(left) != body {
		t.Errorf("%s %s: the body reads %q after classifying (%v), want %q", method, target, left, err, body)
	}
}

func TestControl(t *testing.T) {
	for _, op := range All() {
		want := ""
		for _, service := range []string{"WKVS", "WPS", "UCS", "DCS"} {
			if strings.HasPrefix(op.Summary, service+" ") {
				want = strings.ToLower(service)
			}
		}
		if Service(op.Name) != want || Control(op.Name) != (want != "") {
			t.Errorf("%s asks %q, control plane: %v", op.Name, Service(op.Name), Control(op.Name))
		}
	}
}

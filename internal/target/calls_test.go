package target_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// call runs the one trial of a scenario of calls with the contestant immediate.
func call(t *testing.T, yaml string, external *target.External) *runner.Outcome {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(yaml), nil)
	if err != nil {
		t.Fatal(err)
	}
	site, err := target.NewSite(t.Context(), s, external)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := site.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	immediate, err := contestants.New("immediate", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &workloads.Calls{
		Objects: s.Workload.Objects, Zeros: !site.Embedded(), AsCame: site.Decides(),
		Pick: func(seed uint64, n int) workloads.Call {
			c := s.Workload.Pick(seed, n)
			return workloads.Call{Method: c.Method, Size: int64(c.Size), Key: c.IdempotencyKey}
		},
	}
	out, err := runner.RunTrial(t.Context(), runner.Config{
		Contestants: map[string]runner.Contestant{"immediate": immediate}, Clients: s.Workload.Clients, Open: site.Open, Workload: w, Timeout: s.Timeout.D(),
	}, runner.Trial{Ordinal: 1, Contestant: "immediate", Concurrency: 3, Repeat: 1, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	if r := out.Row; r.Status != record.TrialOK || !r.Verified || r.FailedObjects != 0 || r.Objects != s.Workload.Objects*s.Workload.Clients {
		t.Fatalf("%+v", r)
	}
	return out
}

const mixed = `
version: 1
name: mixed
workload:
  kind: calls
  clients: 2
  concurrency: 3
  objects: 60
  mix:
    - {method: GET, size: 300KiB, path: "/servers/{n}"}
    - {method: HEAD, size: 0B}
    - {method: PUT, size: 5KiB, path: "/servers/{n}"}
    - {method: DELETE, path: "/servers/{n}"}
    POSTS
contestants: [immediate]
oracle: false
faults:
  - {name: busy, when: {first: 1, probability: 30%}, status: {code: 503}}
  - {name: gateway, match: {op: [put_object, post_object]}, when: {first: 1}, commit_then_fail: {status: 504}}
`

var withPosts = strings.Replace(mixed, "POSTS", "- {method: POST, size: 2KiB, path: /servers}\n    - {method: POST, size: 1KiB, idempotency_key: true, path: /volumes}\n    - {method: PATCH, size: 10B}", 1)

// moved sums the bytes that calls were to move up, by what the trial's seed says they were.
func moved(t *testing.T, yaml string) (bytes int64, posts int) {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(yaml), nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= s.Workload.Objects*s.Workload.Clients; n++ {
		c := s.Workload.Pick(5, n)
		bytes += int64(c.Size)
		if c.Method == http.MethodPost && !c.IdempotencyKey {
			posts++
		}
	}
	return bytes, posts
}

// The built-in service takes calls of every kind; those that it carried out twice are counted unless they have a key.
func TestCallsToTheService(t *testing.T) {
	out := call(t, withPosts, nil)
	bytes, posts := moved(t, withPosts)
	failed := map[int]bool{} // posts without a key that busy did not keep from being carried out at first
	for _, l := range out.Ledger {
		if l.Op == "post_object" && l.Once && l.Fault == "commit_then_fail 504" {
			failed[l.Object] = true
		}
	}
	if r := out.Row; r.Bytes != bytes || r.Duplicates == nil || *r.Duplicates != len(failed) || len(failed) < posts/2 || r.Retries < posts {
		t.Errorf("%d bytes, want %d; %+v; %d posts of %d were carried out and failed", r.Bytes, bytes, r, len(failed), posts)
	}
	ops := map[string]bool{}
	for _, a := range out.Attempts {
		ops[a.Op] = true
	}
	if len(ops) != 6 {
		t.Errorf("operations %v", ops)
	}
}

// Any HTTP service may stand behind the faults. It sees the paths of the mix, below its own, and nothing of ours.
func TestCallsToAnHTTPService(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		mu.Lock()
		defer mu.Unlock()
		path := r.URL.Path
		if i := strings.LastIndexByte(path, '/'); strings.HasPrefix(path, "/api/servers/") {
			path = path[:i] + "/{n}"
		}
		seen[fmt.Sprintf("%s %s %d key=%v", r.Method, path, n, r.Header.Get("Idempotency-Key") != "")]++
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Ratebench") || strings.HasPrefix(name, "X-Forwarded") {
				t.Errorf("the service sees %s", name)
			}
		}
		if err != nil || r.Host != r.Context().Value(http.LocalAddrContextKey).(net.Addr).String() || r.URL.RawQuery != "" {
			t.Errorf("%s %s: %v", r.Host, r.URL, err)
		}
		w.WriteHeader(http.StatusAccepted)
		if r.Method == http.MethodGet {
			_, _ = io.CopyN(w, rand.Reader, 300<<10) // as long as was asked for
		}
	}))
	defer srv.Close()
	to, err := url.Parse(srv.URL + "/api")
	if err != nil {
		t.Fatal(err)
	}
	yaml := strings.Replace(withPosts, "workload:", "backend: {kind: http, url: '"+to.String()+"'}\nworkload:", 1)
	out := call(t, yaml, &target.External{Endpoint: to, HTTP: true})
	if bytes, _ := moved(t, yaml); out.Row.Bytes != bytes {
		t.Errorf("%d bytes, want %d", out.Row.Bytes, bytes)
	}
	var kinds []string
	for k := range seen {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	want := []string{
		"DELETE /api/servers/{n} 0 key=false", "GET /api/servers/{n} 0 key=false", "HEAD /api 0 key=false", "PATCH /api 10 key=false",
		"POST /api/servers 2048 key=false", "POST /api/volumes 1024 key=true", "PUT /api/servers/{n} 5120 key=false",
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("the service saw %q, want %q", kinds, want)
	}
}

// A service that nobody runs is found out before the run begins, and nothing was asked of one that is there.
func TestHTTPServiceIsReached(t *testing.T) {
	s, err := scenarios.Parse("test.yaml", []byte(strings.Replace(mixed, "POSTS", "", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s", r.Method, r.URL) }))
	to, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	site, err := target.NewSite(t.Context(), s, &target.External{Endpoint: to, HTTP: true})
	if err != nil || site.Embedded() {
		t.Errorf("%v, %v", site, err)
	}
	srv.Close()
	if _, err := target.NewSite(t.Context(), s, &target.External{Endpoint: to, HTTP: true}); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("a service that is gone: %v", err)
	}
}

// Calls to S3 put, get, ask for and delete objects, signed behind the faults, and leave nothing behind.
func TestCallsToS3(t *testing.T) {
	store, err := s3.New(s3.Config{AccessKey: "access", SecretKey: "secret-key", Buckets: []string{"mine"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var mu sync.Mutex
	methods := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		methods[r.Method]++
		mu.Unlock()
		store.ServeHTTP(w, r)
	}))
	defer srv.Close()
	endpoint, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	yaml := strings.Replace(mixed, "POSTS", "", 1)
	for _, bucket := range []string{"mine", ""} {
		out := call(t, yaml, &target.External{Endpoint: endpoint, Bucket: bucket, AccessKey: "access", SecretKey: "secret-key"})
		if bytes, _ := moved(t, yaml); out.Row.Bytes != bytes || out.Row.Duplicates != nil {
			t.Errorf("%+v, want %d bytes", out.Row, bytes)
		}
		for _, l := range out.Ledger {
			if strings.Contains(l.Key, "X-Amz") {
				t.Fatalf("the ledger holds a signature: %+v", l)
			}
		}
	}
	if methods["GET"] < 40 || methods["PUT"] < 40 || methods["HEAD"] < 40 || methods["DELETE"] < 40 {
		t.Errorf("the endpoint saw %v", methods)
	}
	client, err := minio.New(endpoint.Host, &minio.Options{Creds: credentials.NewStaticV4("access", "secret-key", ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	for o := range client.ListObjects(t.Context(), "mine", minio.ListObjectsOptions{Recursive: true}) {
		t.Errorf("left behind: %s, %v", o.Key, o.Err)
	}
}

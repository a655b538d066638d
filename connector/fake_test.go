package connector

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/neicnordic/crypt4gh/keys"
)

// fake is a deployment in a few lines, called in process. What it does to a request can be changed before and after.
type fake struct {
	t         testing.TB
	user, hub KeyPair
	life      time.Duration // of tokens; enforced
	pageLimit int
	named     []byte // key that tokens are meant for; nil: the user's
	latency   time.Duration
	clock     time.Duration // how far it is ahead
	begun     time.Time

	// before may answer in place of the service; n counts the operation's requests, from 1. after may do so when the service has done its part.
	before, after func(op string, n int, r *http.Request) (*http.Response, error)
	damage        func(part, n int, sent []byte) // may change what comes of a part; n counts its PUTs, from 1
	etag          func(md5 string) string        // what S3 gives a part; nil: its MD5

	mu      sync.Mutex
	calls   []string // operations, in order
	ids     map[string]map[string]int
	tokens  map[string]fakeToken
	uploads map[string]*fakeUpload // by file id
	puts    map[string][]string    // MD5s by file and part, in order
}

type fakeToken struct {
	Type, Alias, FileID string
	until               time.Time
}

type fakeUpload struct {
	FileUpload
	parts map[int][]byte
	done  Completion
}

// smallPart makes tests quick; S3 takes no part that small.
const smallPart = 4 * segment

const (
	fakePackage     = "7b5b9a2e-3f0c-4b86-9f0b-b3f6a4f0a001"
	fakeBox         = "7b5b9a2e-3f0c-4b86-9f0b-b3f6a4f0a002"
	fakeResearchBox = "7b5b9a2e-3f0c-4b86-9f0b-b3f6a4f0a003"
	fakeWPAT        = "abcdefghijklmnopqrstuvwx"
)

func newKeyPair(t testing.TB) KeyPair {
	t.Helper()
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return KeyPair{public, private}
}

func newFake(t testing.TB) *fake {
	return &fake{
		t: t, user: newKeyPair(t), hub: newKeyPair(t), life: 30 * time.Second, pageLimit: 1000, latency: time.Millisecond,
		ids: map[string]map[string]int{}, tokens: map[string]fakeToken{}, uploads: map[string]*fakeUpload{}, puts: map[string][]string{},
	}
}

// connector is a Connector of the fake's user. change may be nil.
func (f *fake) connector(t testing.TB, behaviour Behaviour, change func(*Config)) *Connector {
	t.Helper()
	cfg := Config{ // parts of four segments, unless a part size is asked for
		Access: Access{
			WellKnown: &url.URL{Scheme: "http", Host: "ghga.test", Path: "/.well-known/"}, WorkPackage: fakePackage, Token: fakeWPAT, Key: f.user,
		},
		Stack: f, Behaviour: &behaviour,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.PartSize == 0 {
		c.fit = func(_, _ int64) int64 { return smallPart }
	}
	return c
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GetConn != nil {
		trace.GetConn(r.URL.Host) // as net/http does
	}
	if err := sleep(r.Context(), f.latency); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	var sent []byte
	var err error
	if r.Body != nil {
		sent, err = io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	if int64(len(sent)) != r.ContentLength {
		return nil, fmt.Errorf("%d bytes sent, %d announced", len(sent), r.ContentLength)
	}
	op := fakeOp(r)
	f.mu.Lock()
	f.calls = append(f.calls, op)
	n := f.count(op)
	id := r.Header.Get("X-Request-Id")
	if u, err := uuid.Parse(id); err != nil || u.Version() != 4 {
		f.t.Errorf("%s: X-Request-Id is no UUID of version 4", op)
	}
	if f.ids[op] == nil {
		f.ids[op] = map[string]int{}
	}
	f.ids[op][id]++
	f.mu.Unlock()
	if f.before != nil {
		if resp, err := f.before(op, n, r); resp != nil || err != nil {
			return resp, err
		}
	}
	w := httptest.NewRecorder()
	w.Header().Set("Date", time.Now().Add(f.clock).UTC().Format(http.TimeFormat))
	f.serve(w, op, r, sent)
	if f.after != nil {
		if resp, err := f.after(op, n, r); resp != nil || err != nil {
			return resp, err
		}
	}
	return w.Result(), nil
}

// count is how often an operation was asked for. The caller holds mu.
func (f *fake) count(op string) int {
	n := 0
	for _, c := range f.calls {
		if c == op {
			n++
		}
	}
	return n
}

func (f *fake) counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for _, c := range f.calls {
		n[c]++
	}
	return n
}

func fakeOp(r *http.Request) string {
	seg := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Host == "s3.test":
		return "put"
	case r.URL.Path == "/.well-known/values":
		return "values"
	case len(seg) == 2 && seg[1] == "health":
		return "health"
	case seg[0] == "wps" && r.Method == http.MethodPost:
		return "token"
	case seg[0] == "wps":
		return "package"
	case len(seg) == 4 && r.Method == http.MethodPost:
		return "create"
	case len(seg) == 4:
		return "list"
	case len(seg) == 7:
		return "url"
	case r.Method == http.MethodPatch:
		return "complete"
	case r.Method == http.MethodDelete:
		return "delete"
	}
	return r.Method + " " + r.URL.Path
}

// says makes an answer; a body that begins with < is XML.
func says(status int, body string, header ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

func exception(id string) string {
	return `{"data":{},"description":"It is so.","exception_id":"` + id + `"}`
}

// first makes the first request of an operation end in an answer.
func first(op string, status int, body string) func(string, int, *http.Request) (*http.Response, error) {
	return func(asked string, n int, _ *http.Request) (*http.Response, error) {
		if asked == op && n == 1 {
			return says(status, body)
		}
		return nil, nil
	}
}

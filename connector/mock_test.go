package connector

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
	s3server "github.com/ratebench/ratebench/faultserver/s3"
)

// mock is the fault server's whole deployment of GHGA, without a network between. It is a RoundTripper for both.
type mock struct {
	platform *ghga.Platform
	store    *s3server.Server
	key      KeyPair

	mu    sync.Mutex
	calls []string // operations, in order
	n     map[string]int
	// hook may answer in place of the server, or change its answer. n counts the calls of the operation from 1.
	hook func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error)
}

const platformHost, storeHost = "ghga.test", "s3.test"

// newMock makes a deployment; change may adapt it.
func newMock(t testing.TB, change func(*ghga.PlatformConfig)) *mock {
	t.Helper()
	m := &mock{key: newKeyPair(t), n: map[string]int{}}
	var err error
	m.store, err = s3server.New(s3server.Config{AccessKey: "access", SecretKey: "secret-secret", Region: "us-east-1", Buckets: []string{"inbox"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.store.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := ghga.PlatformConfig{Config: ghga.Config{
		Endpoint: &url.URL{Scheme: "http", Host: storeHost}, Region: "us-east-1", Bucket: "inbox", AccessKey: "access", SecretKey: "secret-secret",
		Transport: tripper(func(r *http.Request) (*http.Response, error) { return answerOf(m.store, r), nil }),
	}}
	if change != nil {
		change(&cfg)
	}
	if m.platform, err = ghga.NewPlatform(cfg); err != nil {
		t.Fatal(err)
	}
	return m
}

// connector makes a Connector for these files.
func (m *mock) connector(t testing.TB, behaviour Behaviour, change func(*Config), accessions ...string) *Connector {
	t.Helper()
	wp, err := m.platform.NewDownloadPackage(m.key.Public, accessions...)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Access:    Access{WellKnown: &url.URL{Scheme: "http", Host: platformHost, Path: "/.well-known"}, WorkPackage: wp.ID, Token: wp.Token, Key: m.key},
		Behaviour: &behaviour, Stack: m, PartSize: 1 << 18,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (m *mock) put(t testing.TB, accession, ext string, plain []byte) {
	t.Helper()
	if err := m.platform.Store(context.Background(), accession, ext, bytes.NewReader(plain), int64(len(plain))); err != nil {
		t.Fatal(err)
	}
}

// RoundTrip implements http.RoundTripper.
func (m *mock) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	op := ops.S3(r).Op
	var h http.Handler = m.store
	if r.Host == platformHost {
		op, h = ops.GHGA(r).Op, m.platform
	}
	m.mu.Lock()
	m.calls = append(m.calls, op)
	m.n[op]++
	n := m.n[op]
	m.mu.Unlock()
	serve := func() *http.Response { return answerOf(h, r) }
	if m.hook != nil {
		return m.hook(op, n, r, serve)
	}
	return serve(), nil
}

func answerOf(h http.Handler, r *http.Request) *http.Response {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.ContentLength >= 0 {
		in.Header.Set("Content-Length", strconv.FormatInt(in.ContentLength, 10)) // which net/http's server leaves in the header
	}
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = r
	return resp
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// count is how often an operation was asked for.
func (m *mock) count(op string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.n[op]
}

// broken is a body that breaks after n bytes.
func broken(resp *http.Response, n int64) *http.Response {
	resp.Body = io.NopCloser(io.MultiReader(io.LimitReader(resp.Body, n), breaks{}))
	return resp
}

type breaks struct{}

func (breaks) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func plainAnswer(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
}

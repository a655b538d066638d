package connector

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/neicnordic/crypt4gh/keys"
	"golang.org/x/crypto/nacl/box"
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

func (f *fake) serve(w *httptest.ResponseRecorder, op string, r *http.Request, sent []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := func(status int, v any) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	refuse := func(status int, id string) { answer(status, json.RawMessage(exception(id))) }
	seg := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch op {
	case "values":
		b64 := base64.StdEncoding.EncodeToString(f.hub.Public[:])
		answer(200, map[string]any{
			"wps_api_url": "http://ghga.test/wps/", "ucs_api_url": "http://ghga.test/ucs", "dcs_api_url": "http://ghga.test/dcs",
			"crypt4gh_public_keys": map[string]string{"hub": b64},
		})
		return
	case "health":
		answer(200, map[string]string{"status": "OK"})
		return
	case "package", "token":
		if r.Header.Get("Authorization") != "Bearer "+fakeWPAT {
			answer(403, map[string]string{"detail": "Invalid work package access token"})
			return
		}
		if op == "package" {
			answer(200, map[string]any{
				"type": "upload", "files": nil, "research_data_upload_box_id": fakeResearchBox, "file_upload_box_id": fakeBox,
			})
			return
		}
		f.token(w, r, sent)
		return
	case "put":
		f.put(w, r, sent)
		return
	}
	token, ok := f.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	want := map[string]string{"create": "create", "list": "view", "url": "upload", "complete": "close", "delete": "delete"}[op]
	if !ok || time.Now().After(token.until) || token.Type != want {
		answer(401, map[string]string{"detail": "Invalid authentication credentials"})
		return
	}
	if seg[2] != fakeBox {
		refuse(404, "boxNotFound")
		return
	}
	switch op {
	case "create":
		f.create(w, token, sent)
		return
	case "list":
		q := r.URL.Query()
		skip, _ := strconv.Atoi(q.Get("skip"))
		limit, _ := strconv.Atoi(q.Get("limit"))
		items := []FileUpload{}
		for _, id := range slices.SortedFunc(maps.Keys(f.uploads), func(a, b string) int {
			return strings.Compare(f.uploads[a].Alias, f.uploads[b].Alias)
		}) {
			items = append(items, f.uploads[id].FileUpload)
		}
		total := len(items)
		items = items[min(skip, total):min(skip+min(limit, f.pageLimit), total)]
		answer(200, map[string]any{"items": items, "total_count": total})
		return
	}
	u := f.uploads[seg[4]]
	switch {
	case token.FileID != seg[4]:
		refuse(403, "notAuthorized")
	case u == nil:
		refuse(404, "fileUploadNotFound")
	case op == "url" && u.State != "init":
		refuse(404, "s3UploadNotFound")
	case op == "url":
		answer(200, fmt.Sprintf("http://s3.test/inbox/%s?uploadId=1&partNumber=%s&X-Amz-Signature=secret&X-Until=%d",
			u.ID, seg[6], time.Now().Add(time.Hour).Unix()))
	case op == "complete":
		f.complete(w, u, sent)
	case op == "delete":
		u.State = "cancelled"
		u.parts = nil
		w.WriteHeader(204)
	}
}

func (f *fake) token(w *httptest.ResponseRecorder, r *http.Request, sent []byte) {
	var o struct {
		Type   string `json:"work_type"`
		Alias  string `json:"alias"`
		FileID string `json:"file_id"`
	}
	if err := json.Unmarshal(sent, &o); err != nil || !strings.Contains(r.URL.Path, fakeResearchBox) {
		w.WriteHeader(403)
		return
	}
	now := time.Now()
	named := f.named
	if named == nil {
		named = f.user.Public[:]
	}
	payload, _ := json.Marshal(map[string]any{
		"user_public_crypt4gh_key": base64.StdEncoding.EncodeToString(named),
		"iat":                      now.Unix(), "exp": now.Add(f.life).Unix(), "jti": len(f.tokens),
	})
	token := "eyJhbGciOiJFUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(payload) + ".sig"
	f.tokens[token] = fakeToken{o.Type, o.Alias, o.FileID, now.Add(f.life)}
	sealed, err := box.SealAnonymous(nil, []byte(token), &f.user.Public, rand.Reader)
	if err != nil {
		f.t.Error(err)
	}
	w.Header().Set("Cache-Control", "max-age=30, private")
	w.WriteHeader(201)
	json.NewEncoder(w).Encode(base64.StdEncoding.EncodeToString(sealed))
}

func (f *fake) create(w *httptest.ResponseRecorder, token fakeToken, sent []byte) {
	var n NewUpload
	if err := json.Unmarshal(sent, &n); err != nil || n.Alias != token.Alias {
		w.WriteHeader(403)
		return
	}
	for id, u := range f.uploads {
		if u.Alias != n.Alias {
			continue
		}
		if n.Overwrite && !u.over() {
			u.State = "cancelled"
		}
		if !u.over() {
			w.WriteHeader(409)
			io.WriteString(w, exception("fileUploadAlreadyExists"))
			return
		}
		delete(f.uploads, id)
	}
	id := uuid.NewString()
	f.uploads[id] = &fakeUpload{parts: map[int][]byte{}, FileUpload: FileUpload{
		ID: id, BoxID: fakeBox, Alias: n.Alias, State: "init", StorageAlias: "hub", DecryptedSize: n.DecryptedSize,
		EncryptedSize: n.EncryptedSize, PartSize: n.PartSize, Initiated: time.Now().Add(f.clock).UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	}}
	w.WriteHeader(201)
	json.NewEncoder(w).Encode(Created{FileID: id, StorageAlias: "hub"})
}

func (f *fake) put(w *httptest.ResponseRecorder, r *http.Request, sent []byte) {
	q := r.URL.Query()
	n, _ := strconv.Atoi(q.Get("partNumber"))
	until, _ := strconv.ParseInt(q.Get("X-Until"), 10, 64)
	u := f.uploads[strings.TrimPrefix(r.URL.Path, "/inbox/")]
	for name := range r.Header {
		if name != "X-Request-Id" {
			f.t.Errorf("a part was sent with the header %s", name)
		}
	}
	switch {
	case time.Now().Unix() > until:
		w.WriteHeader(403)
		io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
	case u == nil || u.State != "init":
		w.WriteHeader(404)
		io.WriteString(w, "<Error><Code>NoSuchUpload</Code><Message>It is gone</Message></Error>")
	default:
		key := fmt.Sprintf("%s/%d", u.ID, n)
		if f.damage != nil {
			f.damage(n, len(f.puts[key])+1, sent)
		}
		u.parts[n] = sent
		sum := md5.Sum(sent)
		text := hex.EncodeToString(sum[:])
		f.puts[key] = append(f.puts[key], text)
		if f.etag != nil {
			text = f.etag(text)
		}
		if text != "" {
			w.Header().Set("ETag", text)
		}
	}
}

func (f *fake) complete(w *httptest.ResponseRecorder, u *fakeUpload, sent []byte) {
	if u.over() {
		w.WriteHeader(409)
		io.WriteString(w, exception("fileUploadStateError"))
		return
	}
	if u.State != "init" {
		w.WriteHeader(204)
		return
	}
	if err := json.Unmarshal(sent, &u.done); err != nil {
		f.t.Error(err)
	}
	var raw []byte
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		sum := md5.Sum(u.parts[n])
		raw = append(raw, sum[:]...)
	}
	sum := md5.Sum(raw)
	if tag := fmt.Sprintf("%x-%d", sum, len(u.parts)); tag != u.done.EncryptedMD5 || int64(len(u.object())) != u.EncryptedSize {
		u.State = "failed"
		w.WriteHeader(400)
		io.WriteString(w, exception("checksumMismatch"))
		return
	}
	u.State = "inbox"
	w.WriteHeader(204)
}

// object is what S3 has.
func (u *fakeUpload) object() []byte {
	var all bytes.Buffer
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		all.Write(u.parts[n])
	}
	return all.Bytes()
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

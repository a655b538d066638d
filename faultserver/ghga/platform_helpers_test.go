package ghga

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	sealedbox "golang.org/x/crypto/nacl/box"

	"github.com/ratebench/ratebench/faultserver/s3"
)

// deployment is a platform over an embedded S3 server, and a user of it.
type deployment struct {
	*fixture
	p               *Platform
	public, private [32]byte
	cfg             PlatformConfig
}

// deploy starts a platform. Its requests go from handler to handler, without a network, so that it works in a bubble too.
func deploy(t testing.TB, change func(*PlatformConfig)) *deployment {
	t.Helper()
	d := &deployment{fixture: &fixture{t: t}}
	var err error
	d.s3, err = s3.New(s3.Config{AccessKey: "access", SecretKey: "secret-key", Buckets: []string{bucket}, MinPartSize: -1, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.s3.Close() })
	d.keys()
	n := 0
	d.cfg = PlatformConfig{Config: Config{
		Endpoint: &url.URL{Scheme: "http", Host: "s3.example"}, PublicEndpoint: &url.URL{Scheme: "http", Host: "s3.example"},
		Bucket: bucket, AccessKey: "access", SecretKey: "secret-key", Transport: d.gate(roundTripper(d.toS3)),
		NewID: func() uuid.UUID {
			n++
			return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		},
	}}
	if change != nil {
		change(&d.cfg)
	}
	if d.p, err = NewPlatform(d.cfg); err != nil {
		t.Fatal(err)
	}
	d.ucs = d.p.UCS()
	return d
}

// keys makes the user's.
func (d *deployment) keys() {
	d.t.Helper()
	public, private, err := sealedbox.GenerateKey(rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	d.public, d.private = *public, *private
}

func (d *deployment) toS3(r *http.Request) (*http.Response, error) { return serve(d.s3, r), nil }

// serve asks a handler as a server would.
func serve(h http.Handler, r *http.Request) *http.Response {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI = r.URL.RequestURI()
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	in.RemoteAddr = "127.0.0.1:1"
	if in.ContentLength > 0 || in.Method == http.MethodPut {
		in.Header.Set("Content-Length", strconv.FormatInt(in.ContentLength, 10))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = r
	return resp
}

// ask sends a request to the platform with a bearer token, unless that is empty.
func (d *deployment) ask(method, path, token, body string) *http.Response {
	d.t.Helper()
	req, err := http.NewRequest(method, "http://ghga.example"+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return serve(d.p, req)
}

// expect asks, and checks the status and, unless empty, the exact answer. Status 0 is any success.
func (d *deployment) expect(method, path, token, body string, status int, answer string) string {
	d.t.Helper()
	resp := d.ask(method, path, token, body)
	text := bodyOf(d.t, resp)
	if status == 0 && resp.StatusCode/100 == 2 {
		return text
	}
	if resp.StatusCode != status || answer != "" && text != answer {
		if resp.StatusCode < 300 {
			text = "" // it may hold a token or a URL
		}
		d.t.Errorf("%s %s %s:\ngot  %d %s\nwant %d %s", method, path, body, resp.StatusCode, text, status, answer)
	}
	return text
}

// open opens a sealed text.
func (d *deployment) open(sealed string) string {
	d.t.Helper()
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		d.t.Fatal("a sealed token is no base64")
	}
	text, ok := sealedbox.OpenAnonymous(nil, b, &d.public, &d.private)
	if !ok {
		d.t.Fatal("a sealed token cannot be opened with the user's key")
	}
	return string(text)
}

// upload makes a work package for uploads.
func (d *deployment) upload() WorkPackage {
	d.t.Helper()
	wp, err := d.p.NewUploadPackage(d.public)
	if err != nil {
		d.t.Fatal(err)
	}
	return wp
}

// order gets a work order token for an upload.
func (d *deployment) order(wp WorkPackage, body string) string {
	d.t.Helper()
	return d.open(decode[string](d.t, d.expect("POST", d.orders(wp), wp.Token, body, 201, "")))
}

// orders is the path where tokens for uploads are made.
func (d *deployment) orders(wp WorkPackage) string {
	d.t.Helper()
	got := decode[described](d.t, d.expect("GET", "/wps/work-packages/"+wp.ID, wp.Token, "", 200, ""))
	return "/wps/work-packages/" + wp.ID + "/boxes/" + got.ResearchID.String() + "/work-order-tokens"
}

// forFile is what a work order for a file says.
func forFile(work, id string) string { return fmt.Sprintf(`{"work_type":%q,"file_id":%q}`, work, id) }

// begin creates an upload of n encrypted bytes and returns its path and id.
func (d *deployment) begin(wp WorkPackage, alias string, n int) (path, id string) {
	d.t.Helper()
	token := d.order(wp, fmt.Sprintf(`{"work_type":"create","alias":%q,"file_id":null}`, alias))
	box := "/ucs/boxes/" + wp.BoxID.String() + "/uploads"
	id = decode[map[string]string](d.t, d.expect("POST", box, token, create(alias, n), 201, ""))["file_id"]
	return box + "/" + id, id
}

// bring uploads a part past the faults, and returns its MD5.
func (d *deployment) bring(path, token string, part int, content string) [16]byte {
	d.t.Helper()
	u := decode[string](d.t, d.expect("GET", fmt.Sprintf("%s/parts/%d", path, part), token, "", 200, ""))
	req, err := http.NewRequest(http.MethodPut, u, strings.NewReader(content))
	if err != nil {
		d.t.Fatal("a part URL is no URL")
	}
	if resp := serve(d.s3, req); resp.StatusCode != 200 {
		d.t.Fatalf("part %d: %d", part, resp.StatusCode)
	}
	return md5Of(content)
}

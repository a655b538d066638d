package ghga

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/ratebench/ratebench/faultserver/s3"
)

const bucket = "inbox"

// fixture is a UCS over an embedded S3 server.
type fixture struct {
	t   testing.TB
	ucs *UCS
	s3  *s3.Server
	url string
	// s3Down, if set, answers every request of the UCS to S3 with an error.
	s3Down atomic.Bool
	// beforeS3, if set, is called before each request of the UCS to S3.
	beforeS3 func()
	// insteadOfS3, if set, answers what it can itself.
	insteadOfS3 func(*http.Request) *http.Response
}

func start(t testing.TB, change func(*Config)) *fixture {
	t.Helper()
	f := &fixture{t: t}
	var err error
	f.s3, err = s3.New(s3.Config{AccessKey: "access", SecretKey: "secret-key", Buckets: []string{bucket}, MinPartSize: -1})
	if err != nil {
		t.Fatal(err)
	}
	s3server := httptest.NewServer(f.s3)
	t.Cleanup(s3server.Close)
	endpoint, err := url.Parse(s3server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	n := 0
	cfg := Config{
		Endpoint: endpoint, Bucket: bucket, AccessKey: "access", SecretKey: "secret-key", Transport: f.gate(transport),
		NewID: func() uuid.UUID {
			n++
			return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		},
	}
	if change != nil {
		change(&cfg)
	}
	if f.ucs, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(f.ucs)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

type roundTripper func(*http.Request) (*http.Response, error)

func (rt roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return rt(r) }

func (f *fixture) gate(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if f.s3Down.Load() {
			return nil, io.ErrUnexpectedEOF
		}
		if f.beforeS3 != nil {
			f.beforeS3()
		}
		if f.insteadOfS3 != nil {
			if resp := f.insteadOfS3(r); resp != nil {
				return resp, nil
			}
		}
		return next.RoundTrip(r)
	})
}

// call sends a request; body is JSON text. It returns status and answer.
func (f *fixture) call(method, path, body string) (int, string) {
	f.t.Helper()
	req, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	return do(f.t, req)
}

func do(t testing.TB, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Retry-After") != "" {
		t.Error("the service never sends Retry-After")
	}
	return resp.StatusCode, string(b)
}

// want sends a request and checks status and, unless empty, the exact answer.
func (f *fixture) want(method, path, body string, status int, answer string) string {
	f.t.Helper()
	got, text := f.call(method, path, body)
	if got != status || answer != "" && text != answer {
		f.t.Errorf("%s %s %s:\ngot  %d %s\nwant %d %s", method, path, body, got, text, status, answer)
	}
	return text
}

func (f *fixture) box(maxSize int64) string {
	f.t.Helper()
	text := f.want("POST", "/boxes", fmt.Sprintf(`{"storage_alias":"test","max_size":%d}`, maxSize), 201, "")
	return "/boxes/" + decode[string](f.t, text)
}

// file opens an upload of n encrypted bytes and returns its path.
func (f *fixture) file(box, alias string, n int) string {
	f.t.Helper()
	text := f.want("POST", box+"/uploads", create(alias, n), 201, "")
	return box + "/uploads/" + decode[map[string]string](f.t, text)["file_id"]
}

func create(alias string, n int) string {
	return fmt.Sprintf(`{"alias":%q,"decrypted_size":%d,"encrypted_size":%d,"part_size":5242880}`, alias, n-1, n)
}

// put uploads a part and returns its MD5.
func (f *fixture) put(file string, part int, body []byte) [16]byte {
	f.t.Helper()
	u := decode[string](f.t, f.want("GET", file+"/parts/"+strconv.Itoa(part), "", 200, ""))
	req, err := http.NewRequest(http.MethodPut, u, bytes.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	if status, text := do(f.t, req); status != 200 {
		f.t.Fatalf("part %d: %d %s", part, status, text)
	}
	return md5.Sum(body)
}

func md5Of(content string) [16]byte { return md5.Sum([]byte(content)) }

func sha256Of(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func bodyOf(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func finish(md5s ...[16]byte) string {
	var all []byte
	for _, m := range md5s {
		all = append(all, m[:]...)
	}
	sum := md5.Sum(all)
	return finishWith(hex.EncodeToString(sum[:]) + "-" + strconv.Itoa(len(md5s)))
}

func finishWith(etag string) string {
	return fmt.Sprintf(`{"decrypted_sha256":"aa","encrypted_md5":%q,"encrypted_parts_md5":["bb"],"encrypted_parts_sha256":["cc"]}`, etag)
}

func decode[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func exception(id, description, data string) string {
	return fmt.Sprintf(`{"data":%s,"description":%q,"exception_id":%q}`, data, description, id)
}

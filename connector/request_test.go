package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/transport"
)

// roundTripper is a stack of one function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func handlerOver(f roundTripper) *Handler {
	return NewHandler(f, Access{WellKnown: &url.URL{Scheme: "http", Host: "ghga.test"}, WorkPackage: "wp", Token: "WPATsecret"})
}

const partURL = "http://s3.test/inbox/key?partNumber=1&X-Amz-Signature=sigsecret"

func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		status       int
		body         string
		id, contains string
	}{
		"service":    {409, `{"data":{"alias":"a"},"description":"An upload\nexists.","exception_id":"fileUploadAlreadyExists"}`, "fileUploadAlreadyExists", "409 Conflict (fileUploadAlreadyExists): An upload exists."},
		"detail":     {403, `{"detail":"Work package has expired"}`, "", "403 Forbidden: Work package has expired"},
		"validation": {422, `{"detail":[{"type":"x","loc":["body","alias"],"msg":"Field required","input":{"secret":1}}]}`, "", "body.alias: Field required"},
		"unhandled":  {500, `{"message":"Internal Server Error."}`, "", "Internal Server Error."},
		"S3":         {403, "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message><StringToSign>x</StringToSign></Error>", "AccessDenied", "403 Forbidden (AccessDenied): Request has expired"},
		"HTML":       {502, "<html><body>Bad Gateway</body></html>", "", "502 Bad Gateway"},
		"nothing":    {503, "", "", "503 Service Unavailable"},
		"nonsense":   {503, "{", "", "503 Service Unavailable"},
		"token":      {401, `{"detail":"no: TOKENsecret"}`, "", "no: …"},
		"long":       {500, `{"description":"` + strings.Repeat("ä", 10000) + `"}`, "", "…"},
	} {
		t.Run(name, func(t *testing.T) {
			h := handlerOver(func(*http.Request) (*http.Response, error) { return says(tt.status, tt.body, "Retry-After", "7") })
			_, err := h.PartURL(t.Context(), "http://ucs.test", "TOKENsecret", "box", "file", 3)
			api, ok := errors.AsType[*APIError](err)
			if !ok || api.Status != tt.status || api.ID != tt.id || api.hint != 7*time.Second {
				t.Fatalf("got %#v", err)
			}
			text := err.Error()
			if !strings.Contains(text, tt.contains) || !strings.HasPrefix(text, "asking for the URL of part 3: the UCS answered ") {
				t.Errorf("got %s", text)
			}
			if strings.Contains(text, "secret") || strings.Contains(text, "\n") || len(text) > 500 {
				t.Errorf("got %s", text)
			}
		})
	}
}

func FuzzRefused(f *testing.F) {
	f.Add([]byte(`{"detail":[{"loc":["a",1],"msg":"m"}]}`))
	f.Add([]byte(`<Error><Code>c</Code><Message>m</Message></Error>`))
	f.Add([]byte(`{"exception_id":"\u2028","description":"\x00"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		id, detail := parseRefusal(body, func(text string) string { return text })
		for _, s := range []string{id, detail} {
			if len(s) > maxDetail+len("…") || strings.ContainsAny(s, "\n\r\x00\x1b") {
				t.Errorf("got %q", s)
			}
		}
	})
}

// Whatever a stack says, what reaches the caller holds no query and no token.
func TestNoSecretInErrors(t *testing.T) {
	for name, cause := range map[string]error{
		"plain":     errors.New("the connection broke"),
		"http":      &url.Error{Op: "Put", URL: partURL, Err: errors.New("the connection broke")},
		"giving up": fmt.Errorf("PUT %s: gave up: %w", partURL, io.ErrUnexpectedEOF),
		"token":     errors.New("Bearer TOKENsecret was not sent"),
	} {
		h := handlerOver(func(*http.Request) (*http.Response, error) { return nil, cause })
		_, err := h.PartURL(t.Context(), "http://ucs.test", "TOKENsecret", "box", "file", 1)
		putErr := h.Put(t.Context(), partURL, 1, NewBody([]byte("x")))
		for _, err := range []error{err, putErr} {
			if err == nil {
				t.Fatal("no error")
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if name == "token" && err == putErr {
					continue // S3 gets none
				}
				if strings.Contains(e.Error(), "secret") && (name != "giving up" || err == putErr) {
					t.Errorf("%s: an error holds a secret", name)
				}
			}
		}
		if name == "giving up" && !errors.Is(putErr, io.ErrUnexpectedEOF) {
			t.Errorf("the cause is lost: %v", putErr)
		}
	}
	h := handlerOver(func(*http.Request) (*http.Response, error) { return nil, nil })
	if err := h.Put(t.Context(), "http://[::1/?X-Amz-Signature=sigsecret", 1, NewBody(nil)); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

// A stack that gives up after a status tells the status, and how long the service asked to wait.
func TestStackGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		wire := roundTripper(func(r *http.Request) (*http.Response, error) {
			n++
			return says(429, exception("tooManyOpenUploads"), "Retry-After", "3")
		})
		stack := transport.Stack(wire, transport.GHGARetry(transport.DefaultGHGARetry()), transport.GHGARateLimit(transport.DefaultGHGARateLimit()))
		h := NewHandler(stack, Access{})
		_, err := h.Create(t.Context(), "http://ucs.test", "token", "box", NewUpload{})
		api, ok := errors.AsType[*APIError](err)
		if !ok || api.Status != 429 || api.hint != 3*time.Second || n != 3 {
			t.Errorf("%d attempts, %#v", n, err)
		}
		if _, ok := errors.AsType[*transport.RetryError](err); !ok {
			t.Error("the stack's own error is lost")
		}
	})
}

// Which requests a stack may repeat: all but the creation of an upload.
func TestRepeatable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[string][]string{}
		wire := roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			seen[fakeOp(r)] = append(seen[fakeOp(r)], r.Header.Get("X-Request-Id"))
			if len(r.Header["Idempotency-Key"]) > 0 {
				t.Error("the mark goes out on the wire")
			}
			return nil, transport.Retryable(errors.New("the connection broke"))
		})
		stack, err := transport.New(transport.Config{Wire: wire, Hooks: []transport.Hooks{}})
		if err != nil {
			t.Fatal(err)
		}
		h := NewHandler(stack, Access{WellKnown: &url.URL{Scheme: "http", Host: "ghga.test", Path: "/.well-known"}, WorkPackage: "wp"})
		const base = "http://ghga.test/wps"
		ctx := t.Context()
		h.Values(ctx)
		h.Package(ctx, base)
		h.Token(ctx, base, Order{Type: "view"})
		const at = "http://ghga.test/ucs"
		h.Create(ctx, at, "t", "box", NewUpload{})
		h.Complete(ctx, at, "t", "box", "file", Completion{})
		h.Remove(ctx, at, "t", "box", "file")
		h.Page(ctx, at, "t", "box", 0)
		h.PartURL(ctx, at, "t", "box", "file", 1)
		h.Put(ctx, partURL, 1, NewBody([]byte("x")))
		for _, op := range []string{"values", "package", "token", "create", "complete", "delete", "list", "url", "put"} {
			if once := len(seen[op]) == 1; once != (op == "create") {
				t.Errorf("%s was sent %d times", op, len(seen[op]))
			}
			for _, id := range seen[op] {
				if id == "" || id != seen[op][0] {
					t.Errorf("the attempts of %s do not have one X-Request-Id", op)
				}
			}
		}
	})
}

// An answer that breaks off is a failure, and a body that is no JSON is none of the interface's.
func TestBrokenAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		body io.Reader
		want string
	}{
		"broken off": {io.MultiReader(strings.NewReader(`"http`), failingReader{}), "broke off"},
		"no JSON":    {strings.NewReader("hello"), "not what its interface says"},
		"other JSON": {strings.NewReader(`{"url":"x"}`), "not what its interface says"},
	} {
		h := handlerOver(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(tt.body)}, nil
		})
		if _, err := h.PartURL(t.Context(), "http://ucs.test", "t", "b", "f", 1); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := handlerOver(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		begun := time.Now()
		err := h.Healthy(t.Context(), ucs, "http://ucs.test")
		if err == nil || time.Since(begun) != 5*time.Second || !strings.Contains(err.Error(), "within 5s") {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		for body, well := range map[string]bool{`{"status":"OK"}`: true, `{"status":"ok"}`: true, `{"status":"down"}`: false, `[]`: false} {
			h := handlerOver(func(*http.Request) (*http.Response, error) { return says(200, body) })
			if err := h.Healthy(context.Background(), ucs, "http://ucs.test"); (err == nil) != well {
				t.Errorf("%s: %v", body, err)
			}
		}
	})
}

// Whether a service is well is asked past the stack, where there is a way.
func TestHealthPastTheStack(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		past := 0
		wire := roundTripper(func(r *http.Request) (*http.Response, error) {
			if past++; fakeOp(r) != "health" {
				t.Errorf("%s went past the stack", fakeOp(r))
			}
			return says(200, `{"status":"OK"}`)
		})
		if _, err := f.connector(t, b, func(c *Config) { c.Wire = wire }).Upload(t.Context(), source("a", some(1))); err != nil {
			t.Fatal(err)
		}
		f.expect(t, map[string]int{"health": 0, "values": 1, "complete": 1})
		if past != 1 {
			t.Errorf("%d requests went past the stack", past)
		}
	})
}

func TestValues(t *testing.T) {
	const ok = `{"wps_api_url":"http://a/","ucs_api_url":"http://b","dcs_api_url":"https://c/x","crypt4gh_public_keys":{"hub":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","bad":"AAAA"}}`
	for body, want := range map[string]string{
		ok: "", `{}`: "wps_api_url", strings.Replace(ok, "http://b", "ftp://b", 1): "ucs_api_url", strings.Replace(ok, "crypt4gh", "x", 1): "crypt4gh_public_keys",
	} {
		h := handlerOver(func(*http.Request) (*http.Response, error) { return says(200, body) })
		v, err := h.Values(t.Context())
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want one of %s", err, want)
			}
			continue
		}
		if err != nil || v.WPS != "http://a" || v.DCS != "https://c/x" {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := v.HubKey("hub"); err != nil {
			t.Error(err)
		}
		for _, alias := range []string{"bad", "none"} {
			if _, err := v.HubKey(alias); err == nil {
				t.Errorf("%s has a key", alias)
			}
		}
	}
}

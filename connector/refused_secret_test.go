package connector

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/transport"
)

// What S3 or a proxy says may repeat the URL, in whatever form: no part of a signature comes through, nor does the error that a stack ends in.
func TestNoSignatureInErrors(t *testing.T) {
	const signed = "http://s3.test/inbox/key?uploadId=1&partNumber=1&X-Amz-Credential=idsecret%2F20260901%2Fhub&X-Amz-Expires=3600" +
		"&X-Amz-SignedHeaders=host&X-Amz-Security-Token=session%2Bsecret&X-Amz-Signature=" + "0123456789abcdefsecret"
	const old = "http://s3.test/inbox/key?uploadId=1&partNumber=1&AWSAccessKeyId=idsecret&Signature=ab%2Bcd%2Fefsecret%3D&Expires=3600"
	for _, at := range []string{signed, old} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		values := fmt.Sprint(u.Query())
		xml := func(text string) string {
			return "<Error><Code>SignatureDoesNotMatch</Code><Message>" + strings.ReplaceAll(text, "&", "&amp;") + "</Message></Error>"
		}
		long := strings.Repeat("x", maxDetail-18) + " " + u.Query().Get("X-Amz-Signature") + u.Query().Get("Signature") // it is cut in there
		answers := []string{
			xml("bad " + at), xml(values), xml(long), `{"detail":"bad ` + at + `"}`, `{"detail":"` + strings.ReplaceAll(at, "&", `\u0026`) + `"}`,
			strings.Replace(xml("no"), "SignatureDoesNotMatch", u.Query().Get("X-Amz-Signature")+u.Query().Get("Signature"), 1),
		}
		for i, body := range answers {
			h := handlerOver(func(*http.Request) (*http.Response, error) { return says(403, body) })
			checkNoSecret(t, fmt.Sprint("answer ", i), h.Put(t.Context(), at, 1, NewBody(nil)))
		}
		for i, cause := range []error{
			errors.New(at), errors.New(values), &url.Error{Op: "Put", URL: at, Err: errors.New("redirected to " + at)},
			fmt.Errorf("stack: %w", &url.Error{Op: "Put", URL: at, Err: timeout{}}),
			transport.Retryable(errors.New("proxy: " + at)),
		} {
			h := handlerOver(func(*http.Request) (*http.Response, error) { return nil, cause })
			checkNoSecret(t, fmt.Sprint("cause ", i), h.Put(t.Context(), at, 1, NewBody(nil)))
		}
	}
}

type timeout struct{}

func (timeout) Error() string   { return "too late" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// checkNoSecret looks at an error and at all that can be got out of it.
func checkNoSecret(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error", name)
	}
	texts := map[string]string{"error": err.Error()}
	if e, ok := errors.AsType[*url.Error](err); ok {
		texts["url.Error"] = e.Error()
	}
	if e, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok {
		texts["timeout"] = e.Error()
	}
	for e := errors.Unwrap(err); e != nil; e = errors.Unwrap(e) {
		texts["unwrapped"] += e.Error()
	}
	for of, text := range texts {
		for _, part := range []string{"secret", "0123456789abcdef", "ab+cd", "ab%2Bcd"} {
			if strings.Contains(text, part) {
				t.Errorf("%s: the %s holds %q", name, of, part)
			}
		}
	}
}

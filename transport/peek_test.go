package transport

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPeekCode(t *testing.T) {
	const xml = `<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>`
	for _, tt := range []struct {
		name, kind, body, want string
	}{
		{"s3", "application/xml", xml, "SlowDown"},
		{"charset", "text/xml; charset=utf-8", xml, "SlowDown"},
		{"html", "text/html", xml, ""},
		{"no type", "", xml, ""},
		{"empty", "application/xml", "", ""},
		{"no code", "application/xml", "<Error/>", ""},
		{"cut short", "application/xml", "<Error><Code>Slow", ""},
		{"an endless code", "application/xml", "<Code>" + strings.Repeat("x", 200) + "</Code>", ""},
		{"too far down", "application/xml", strings.Repeat(" ", peekLimit) + xml, ""},
		{"far down", "application/xml", strings.Repeat(" ", peekLimit-100) + xml, "SlowDown"},
	} {
		for _, reader := range []io.Reader{strings.NewReader(tt.body), iotest.OneByteReader(strings.NewReader(tt.body)), iotest.DataErrReader(strings.NewReader(tt.body))} {
			closed := &body{Reader: reader}
			resp := &http.Response{Header: http.Header{"Content-Type": {tt.kind}}, Body: closed, ContentLength: int64(len(tt.body))}
			if got := peekCode(resp); got != tt.want {
				t.Errorf("%s: code %q, want %q", tt.name, got, tt.want)
			}
			if got := peekCode(resp); got != tt.want {
				t.Errorf("%s: a second layer sees the code %q, want %q", tt.name, got, tt.want)
			}
			if n := closed.read.Load(); n > peekLimit+1024 {
				t.Errorf("%s: %d bytes were read ahead", tt.name, n)
			}
			if got, err := io.ReadAll(resp.Body); string(got) != tt.body || err != nil {
				t.Errorf("%s: the caller reads %q, %v", tt.name, got, err)
			}
			if resp.Body.Close(); !closed.closed.Load() {
				t.Errorf("%s: Close was not passed on", tt.name)
			}
		}
	}
}

func TestPeekCodePassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	resp := &http.Response{
		Header: http.Header{"Content-Type": {"application/xml"}}, ContentLength: -1,
		Body: io.NopCloser(io.MultiReader(strings.NewReader("<Err"), iotest.ErrReader(broken))),
	}
	if code := peekCode(resp); code != "" {
		t.Errorf("code %q", code)
	}
	if got, err := io.ReadAll(resp.Body); string(got) != "<Err" || err != broken {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestPeekCodeOfHead(t *testing.T) {
	closed := &body{Reader: strings.NewReader("<Code>X</Code>")}
	resp := &http.Response{
		Header: http.Header{"Content-Type": {"application/xml"}}, ContentLength: 300, Body: closed,
		Request: &http.Request{Method: http.MethodHead},
	}
	if code := peekCode(resp); code != "" || closed.read.Load() != 0 {
		t.Errorf("code %q was read of an answer that has no body", code)
	}
}

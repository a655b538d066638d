package strategies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestKindOf(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want ErrorKind
	}{
		{nil, NoError},
		{context.Canceled, Canceled},
		{fmt.Errorf("put: %w", context.Canceled), Canceled},
		{context.DeadlineExceeded, Timeout},
		{os.ErrDeadlineExceeded, Timeout},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, Timeout},
		{&net.DNSError{IsTimeout: true}, Timeout},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, Network},
		{&net.OpError{Op: "read", Err: errors.New("wsarecv: forcibly closed")}, Network},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, Network},
		{syscall.ECONNRESET, Network},
		{syscall.EPIPE, Network},
		{io.ErrClosedPipe, Network},
		{net.ErrClosed, Network},
		{io.EOF, EarlyClose},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), EarlyClose},
		{errors.New("http: server closed idle connection"), EarlyClose},
		{errors.New(`net/http: HTTP/1.x transport connection broken: malformed HTTP status code "x"`), EarlyClose},
		{errors.New("http2: server sent GOAWAY and closed the connection"), EarlyClose},
		{errors.New("http: ContentLength=5 with Body length 0"), PermanentErr},
		{errors.New(`unsupported protocol scheme "ftp"`), PermanentErr},
	} {
		if got := KindOf(tt.err); got != tt.want {
			t.Errorf("KindOf(%v) = %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestErrorKindString(t *testing.T) {
	seen := map[string]bool{}
	for k := NoError; k < numErrorKinds; k++ {
		if s := k.String(); s == "" || s == "unknown" || seen[s] {
			t.Errorf("kind %d has the name %q", k, s)
		} else {
			seen[s] = true
		}
	}
	if s := numErrorKinds.String(); s != "unknown" {
		t.Errorf("a kind that does not exist is called %q", s)
	}
}

func TestRule(t *testing.T) {
	put, post := &Call{Method: "PUT", Idempotent: true}, &Call{Method: "POST"}
	anyMethod := Transient()
	anyMethod.AnyMethod = true
	for _, tt := range []struct {
		name string
		rule Rule
		call *Call
		o    Outcome
		want bool
	}{
		{"zero value", Rule{}, put, Outcome{Status: 503}, false},
		{"no code is no match", Rule{Codes: []string{""}}, put, Outcome{Status: 418}, false},
		{"ok", Transient(), put, Outcome{Status: 200}, false},
		{"408", Transient(), put, Outcome{Status: 408}, true},
		{"429", Transient(), put, Outcome{Status: 429}, true},
		{"500", Transient(), put, Outcome{Status: 500}, true},
		{"501", Transient(), put, Outcome{Status: 501}, false},
		{"502", Transient(), put, Outcome{Status: 502}, true},
		{"503", Transient(), put, Outcome{Status: 503}, true},
		{"504", Transient(), put, Outcome{Status: 504}, true},
		{"507", Transient(), put, Outcome{Status: 507}, false},
		{"400", Transient(), put, Outcome{Status: 400}, false},
		{"400 RequestTimeout", Transient(), post, Outcome{Status: 400, Code: "RequestTimeout"}, true},
		{"reset", Transient(), put, Outcome{Err: syscall.ECONNRESET}, true},
		{"timeout", Transient(), put, Outcome{Err: os.ErrDeadlineExceeded}, true},
		{"early close", Transient(), put, Outcome{Err: io.EOF}, true},
		{"cancelled", Transient(), put, Outcome{Err: context.Canceled}, false},
		{"errors off", Rule{Statuses: []int{503}}, put, Outcome{Err: io.EOF}, false},
		{"post refused", Transient(), post, Outcome{Status: 503}, true},
		{"post perhaps done", Transient(), post, Outcome{Status: 500}, false},
		{"post lost", Transient(), post, Outcome{Err: io.EOF}, false},
		{"any post perhaps done", anyMethod, post, Outcome{Status: 500}, true},
		{"any post lost", anyMethod, post, Outcome{Err: io.EOF}, true},
	} {
		if got := tt.rule.Retry(tt.call, tt.o); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		v    Verdict
		want bool
	}{
		{Verdict{}, true},
		{Verdict{Wait: 1}, false},
		{Verdict{Changed: make(chan struct{})}, false},
		{Verdict{Err: io.EOF}, false},
	} {
		if tt.v.Go() != tt.want {
			t.Errorf("%+v: Go is not %v", tt.v, tt.want)
		}
	}
}

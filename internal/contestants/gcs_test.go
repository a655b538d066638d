package contestants

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
)

// The list in the documentation of Google Cloud Storage's client for Go: 408, 429, 5xx, connections that were refused, reset
// or broke, temporary errors, and unexpected ends. Every row was also put to storage.ShouldRetry of version 1.70.
func TestGCSPredicate(t *testing.T) {
	for code, want := range map[int]bool{
		200: false, 308: false, 400: false, 401: false, 403: false, 404: false, 408: true, 409: false, 412: false, 429: true, 499: false,
		500: true, 501: true, 502: true, 503: true, 504: true, 511: true, 599: true,
	} {
		if got := gcsRetries(&http.Response{StatusCode: code}, nil); got != want {
			t.Errorf("%d: %v, want %v", code, got, want)
		}
	}
	for _, tt := range gcsErrors {
		if got := gcsRetries(nil, tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}

type temporary bool

func (t temporary) Error() string   { return fmt.Sprintf("temporary: %v", bool(t)) }
func (t temporary) Temporary() bool { return bool(t) }

var gcsErrors = []struct {
	err  error
	want bool
}{
	{io.ErrUnexpectedEOF, true},
	{fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), true},
	{io.EOF, true}, // as the client sees it, inside a url.Error
	{net.ErrClosed, true},
	{&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}, true},
	{&net.OpError{Op: "read", Err: &os.SyscallError{Syscall: "read", Err: syscall.ECONNRESET}}, true},
	{&net.OpError{Op: "write", Err: &os.SyscallError{Syscall: "write", Err: syscall.EPIPE}}, true},
	{&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ENETUNREACH}}, false},
	{errors.New("http: server closed idle connection"), true},
	{errors.New("http2: client connection lost"), true},
	{&net.DNSError{Err: "no such host", IsNotFound: true}, false},
	{&net.DNSError{Err: "try again", IsTemporary: true}, true},
	{temporary(true), true},
	{temporary(false), false},
	{context.Canceled, false},
	{context.DeadlineExceeded, true}, // it calls itself temporary; the call's own has ended it before
	{errors.New("tls: bad certificate"), false},
}

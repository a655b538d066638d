package strategies

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
)

// ErrorKind classes a transport error by what a retry rule needs to know.
type ErrorKind int

// The kinds of a transport error.
const (
	NoError       ErrorKind = iota
	Canceled                // the caller's context was cancelled: nobody wants another attempt
	Timeout                 // something took too long: dialling, the handshake, the response's headers
	Network                 // the connection could not be had, was reset or broke
	EarlyClose              // the server closed the connection, or sent what is no HTTP, instead of a whole answer
	Refusal                 // a gate of the client's own refused it: nothing was sent, and another attempt may pass
	PermanentErr            // everything else: a bad certificate, a bad URL, a bug. Trying again changes nothing
	numErrorKinds           // for tests
)

var errorKindNames = [...]string{"none", "canceled", "timeout", "network", "early close", "refusal", "permanent"}

// String returns the kind's name.
func (k ErrorKind) String() string {
	if k < 0 || k >= numErrorKinds {
		return "unknown"
	}
	return errorKindNames[k]
}

// ErrTransient is what an error is, as errors.Is has it, that somebody vouches for: it is taken for Network.
var ErrTransient = errors.New("transient error")

// KindOf classes an error that an http.RoundTripper returned. nil is NoError.
//
// An error that is not known to be transient is PermanentErr: a retry loop that repeats its own bugs hides them. A
// context's own deadline counts as Timeout; whether it was the caller's, only the layer can tell, which does not ask then.
func KindOf(err error) ErrorKind {
	if err == nil {
		return NoError
	}
	if errors.Is(err, context.Canceled) {
		return Canceled
	}
	if _, ok := errors.AsType[*Refused](err); ok { // before Timeout, which ErrTooLate looks like
		return Refusal
	}
	if t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && t.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return Timeout
	}
	if brokenConnection(err) {
		return Network
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isProtocolError(err.Error()) {
		return EarlyClose
	}
	return PermanentErr
}

// brokenErrnos are the system's errors that tell of a connection, and not of a file, say.
var brokenErrnos = []syscall.Errno{
	syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.ECONNABORTED, syscall.EPIPE, syscall.ENETUNREACH, syscall.EHOSTUNREACH,
	syscall.ETIMEDOUT, syscall.ENETDOWN, syscall.EADDRNOTAVAIL, syscall.EAGAIN,
}

func brokenConnection(err error) bool {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return slices.Contains(brokenErrnos, errno)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op != "readfrom" { // a body's own error comes wrapped in that
		return true
	}
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, ErrTransient)
}

// isProtocolError knows those of net/http's errors that have no type: they can only be told by their text.
func isProtocolError(text string) bool {
	for _, s := range []string{
		"server closed idle connection",
		"malformed HTTP response",
		"transport connection broken",
		"GOAWAY",
		"http2: client connection",
		"connection error: ",
		"stream error: stream ID",
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

package connector

import (
	"errors"
	"fmt"
	"net/http"
)

// What a transfer can end in, beside an [*APIError] and the errors of the stack.
var (
	// ErrEncrypted says that a file is Crypt4GH already.
	ErrEncrypted = errors.New("the file is encrypted with Crypt4GH already; upload the plain file")
	// ErrTruncated says that a Crypt4GH file ends before its last segment.
	ErrTruncated = errors.New("the encrypted file is shorter than it should be")
	// ErrWrongKey says that a file was not encrypted for this key.
	ErrWrongKey = errors.New("the file cannot be decrypted with this key: it was encrypted for another one")
)

// APIError is an answer of a service, or of S3, that is not a success.
type APIError struct {
	Service string // WKVS, WPS, UCS, DCS or S3
	Doing   string // such as "asking for the URL of part 3"
	Status  int
	ID      string // exception_id, or S3's error code; empty: the answer has none
	Detail  string // what the service says, cut to a line; no secret
}

// Error implements error.
func (e *APIError) Error() string {
	s := fmt.Sprintf("%s: the %s answered %d %s", e.Doing, e.Service, e.Status, http.StatusText(e.Status))
	if e.ID != "" {
		s += " (" + e.ID + ")"
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

package connector

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// What a transfer can end in, beside an [*APIError] and the errors of the stack.
var (
	// ErrEncrypted says that a file is Crypt4GH already.
	ErrEncrypted = errors.New("the file is encrypted with Crypt4GH already; upload the plain file")
	// ErrAlias says that an alias cannot be sent: JSON would make another one of it, and the next file of the kind would meet it.
	ErrAlias = errors.New("an alias has to be in UTF-8")
	// ErrTruncated says that a Crypt4GH file ends before its last segment.
	ErrTruncated = errors.New("the encrypted file is shorter than it should be")
	// ErrExists says that the box has an upload with the alias, and that it cannot be gone on with.
	ErrExists = errors.New("the box has an upload with this alias; delete it, or choose another alias")
	// ErrOtherSize says that the box has an upload with the alias whose plain file is of another size: so it is not this file.
	ErrOtherSize = errors.New("the box has an upload of another file with this alias; delete it, or choose another alias")
	// ErrCancelled says that an upload was deleted while it was under way.
	ErrCancelled = errors.New("the upload was deleted while it was under way")
	// ErrUploading says that another upload of the file is under way just now, and knows of the same journal.
	ErrUploading = errors.New("another process is uploading it; wait until that has ended")
	// ErrChanged says that a file is not what it was when its upload began.
	ErrChanged = errors.New("the file has changed since its upload began; upload it again when nobody writes to it")
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

	hint  time.Duration // how long the answer asks to wait; 0: it does not
	cause error         // of an answer that the stack keeps to itself: what it says
}

// Unwrap returns the stack's error, where it is one that tells no more than a status.
func (e *APIError) Unwrap() error { return e.cause }

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

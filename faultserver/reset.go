package faultserver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// resetFault closes the connection with a RST at one of three points.
type resetFault struct{ Reset }

// defaultShare of the body is read before a mid_body reset.
const defaultShare = 0.5

func newReset(r Reset) (fault, error) {
	switch r.At {
	case "":
		r.At = "before_body"
	case "before_body", "mid_body", "after_commit":
	default:
		return nil, fmt.Errorf("reset.at is %q; it must be before_body, mid_body or after_commit", r.At)
	}
	return resetFault{r}, nil
}

func (f resetFault) act(x *exchange) bool {
	x.note("reset " + f.At)
	switch f.At {
	case "mid_body":
		// The backend reads the body's first share, then an error, and so commits nothing.
		x.r.Body = &cutBody{ReadCloser: x.r.Body, left: f.bodyRead(max(x.r.ContentLength, 0))}
		x.pass(&lostResponse{header: http.Header{}, row: x})
	case "after_commit":
		x.pass(&lostResponse{header: http.Header{}, row: x})
	}
	x.reset()
	return true
}

// errCut is what the backend reads where the connection is going to be reset.
var errCut = errors.New("connection reset by the fault server")

// cutBody yields a body's first bytes, then an error.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errCut
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// lostResponse swallows the backend's answer; only its status goes to the ledger.
type lostResponse struct {
	header http.Header
	row    *exchange
	wrote  bool
}

func (l *lostResponse) Header() http.Header { return l.header }

func (l *lostResponse) WriteHeader(status int) {
	if l.wrote || status < 200 {
		return
	}
	l.wrote = true
	l.row.committed = status < 300
}

func (l *lostResponse) Write(p []byte) (int, error) {
	l.WriteHeader(http.StatusOK)
	return len(p), nil
}

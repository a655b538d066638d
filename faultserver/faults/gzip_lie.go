package faults

import "net/http"

// GzipLie says that an answer is compressed when it is not. Clients that unpack by themselves fail in the middle of
// reading the body, after everything looked well.
type GzipLie struct{}

// Defaults implements Config.
func (*GzipLie) Defaults() {}

// New implements Config.
func (*GzipLie) New(Env) (Fault, error) { return gzipLie{}, nil }

type gzipLie struct{}

func (gzipLie) Act(x *Exchange) bool {
	x.Note("gzip_lie")
	x.changeHeader(func(_ int, h http.Header) { h.Set("Content-Encoding", "gzip") })
	return false
}

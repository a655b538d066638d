package transport

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

func hasBody(req *http.Request) bool { return req.Body != nil && req.Body != http.NoBody }

// CanReplay reports whether the request can be sent again: it has no body, or can make a new reader of it.
func CanReplay(req *http.Request) bool { return !hasBody(req) || req.GetBody != nil }

// Replay returns a request for one more attempt: a shallow copy with a reader of its own. The wire may answer early and
// still be reading the body of the attempt before, so that one must not be rewound; and the caller's request must not
// be changed. Nothing is copied but the struct: the headers are shared and nobody writes to them.
func Replay(req *http.Request, attempt int) (*http.Request, error) {
	again := *req
	if hasBody(req) {
		body, err := req.GetBody()
		if err != nil {
			return nil, fmt.Errorf("transport: cannot send %s again: reading its body anew for attempt %d failed: %w",
				Target(req), attempt, err)
		}
		again.Body = body
	}
	return &again, nil
}

// closeBody closes the body of a request that is not sent, as the contract of http.RoundTripper asks.
func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// DrainLimit bounds what is read of an answer that nobody wants. More than this costs more than a new connection.
const DrainLimit = 64 << 10

// patience bounds the time for which an answer is read that nobody wants, or the beginning of one that says no.
const patience = time.Second

// Discard reads the rest of an answer, up to DrainLimit and for a second at most, and closes it, so that its connection can be
// used again. For retry loops of one's own; nil is no answer.
func Discard(resp *http.Response) {
	if resp == nil || resp.Body == nil {
		return
	}
	if resp.Body != http.NoBody {
		late := time.AfterFunc(patience, func() { resp.Body.Close() })
		io.CopyN(io.Discard, resp.Body, DrainLimit) //nolint:errcheck // whatever went wrong, Close ends it
		late.Stop()
	}
	resp.Body.Close()
}

// Target names a request for an error: method, host and path, and never the query, which may hold a signature.
func Target(req *http.Request) string {
	if req.URL == nil {
		return req.Method
	}
	return req.Method + " " + req.URL.Host + req.URL.EscapedPath()
}

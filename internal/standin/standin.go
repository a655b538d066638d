// Package standin lets few bytes stand for many: a request's body of, say, 8 MiB goes over the network as 64 KiB, for which
// the network charges the time and the buffers of all 8 MiB. Both ends see the whole: the client's side takes all bytes from
// its body at the pace of the network, the server's side reads as many at that pace. Nobody can tell, as long as nobody
// looks at what the bytes are.
//
// It needs connections that can charge more than they carry ([network.Standing]).
package standin

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/ratebench/ratebench/internal/network"
)

// header tells the server's side how large the body is.
const header = "X-Ratebench-Stand-In"

// Shrink makes the bodies of PUTs that are larger than size bytes flow as that many; what other requests send is read for
// what it says. It stands directly above the wire.
func Shrink(next http.RoundTripper, size int64) http.RoundTripper {
	return &shrink{next, size}
}

type shrink struct {
	next http.RoundTripper
	size int64
}

// CloseIdleConnections goes on to the wire.
func (s *shrink) CloseIdleConnections() {
	if c, ok := s.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (s *shrink) RoundTrip(req *http.Request) (*http.Response, error) {
	whole := req.ContentLength
	if req.Method != http.MethodPut || req.Body == nil || whole <= s.size {
		return s.next.RoundTrip(req)
	}
	small := req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			if c, ok := i.Conn.(network.Standing); ok {
				c.Stand(int(s.size), int(whole))
			}
		},
	}))
	small.Header = req.Header.Clone()
	if small.Header == nil {
		small.Header = http.Header{}
	}
	small.Header.Set(header, strconv.FormatInt(whole, 10))
	small.ContentLength = s.size
	small.Body = &shrunk{from: req.Body, wire: s.size, whole: whole}
	if req.GetBody != nil {
		small.GetBody = func() (io.ReadCloser, error) {
			b, err := req.GetBody()
			return &shrunk{from: b, wire: s.size, whole: whole}, err
		}
	}
	return s.next.RoundTrip(small)
}

const scratchSize = 64 << 10

var scratch = sync.Pool{New: func() any { return new([scratchSize]byte) }}

// shrunk gives wire bytes for the whole ones that it takes.
type shrunk struct {
	from        io.ReadCloser
	wire, whole int64
	given       int64 // of wire
	taken       int64 // of whole
}

// Read implements io.Reader. What the bytes are does not matter.
func (s *shrunk) Read(p []byte) (int, error) {
	n := min(int64(len(p)), s.wire-s.given)
	if n == 0 && s.given == s.wire {
		return 0, io.EOF
	}
	buf := scratch.Get().(*[scratchSize]byte)
	defer scratch.Put(buf)
	for due := upTo(s.given+n, s.wire, s.whole); s.taken < due; {
		k, err := s.from.Read(buf[:min(scratchSize, due-s.taken)])
		s.taken += int64(k)
		if err != nil && s.taken < due {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
	s.given += n
	return int(n), nil
}

// Close implements io.Closer.
func (s *shrunk) Close() error { return s.from.Close() }

// upTo is how many whole bytes the first n of wire stand for.
func upTo(n, wire, whole int64) int64 {
	// 128 bits are not needed: a part has at most 5 GiB, and a stand-in less.
	return int64(float64(whole)/float64(wire)*float64(n) + 0.5)
}

// maxDrained is what net/http's server reads of a body that a handler has left, to keep the connection.
const maxDrained = 256 << 10

// Expand makes bodies that were shrunk whole again, for a handler and all that stands behind it.
func Expand(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whole, err := strconv.ParseInt(r.Header.Get(header), 10, 64)
		if err != nil || whole <= 0 || r.ContentLength <= 0 {
			next.ServeHTTP(w, r)
			return
		}
		large := *r // the server looks at its own request to decide how to end an answer that came early
		large.Header = r.Header.Clone()
		large.Header.Del(header)
		large.Header.Set("Content-Length", strconv.FormatInt(whole, 10))
		large.ContentLength = whole
		body := &expanded{from: r.Body, wire: r.ContentLength, whole: whole}
		large.Body = body
		next.ServeHTTP(&answer{ResponseWriter: w, body: body}, &large)
	})
}

// expanded gives whole bytes for the wire ones that it takes.
type expanded struct {
	from        io.ReadCloser
	wire, whole int64
	taken       int64        // of wire
	given       atomic.Int64 // of whole; a fault may read on a goroutine of its own
}

// Read implements io.Reader. It leaves p as it is: what the bytes are does not matter.
func (e *expanded) Read(p []byte) (int, error) {
	for len(p) > 0 {
		if ready := upTo(e.taken, e.wire, e.whole) - e.given.Load(); ready > 0 {
			n := min(int64(len(p)), ready)
			e.given.Add(n)
			return int(n), nil
		}
		if e.taken == e.wire {
			return 0, io.EOF
		}
		buf := scratch.Get().(*[scratchSize]byte)
		n, err := e.from.Read(buf[:])
		scratch.Put(buf)
		e.taken += int64(n)
		if err != nil && n == 0 {
			return 0, err
		}
	}
	return 0, nil
}

// Close implements io.Closer.
func (e *expanded) Close() error { return e.from.Close() }

// answer ends the connection where net/http's server would have done so: when more of the whole body is left than it
// would read.
type answer struct {
	http.ResponseWriter
	body *expanded
	said bool
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if status >= 200 && !a.said {
		a.said = true
		if a.body.whole-a.body.given.Load() > maxDrained {
			a.Header().Set("Connection", "close")
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	if !a.said {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

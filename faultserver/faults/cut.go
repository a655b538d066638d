package faults

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Cut says where a connection ends. It is part of reset and fin.
type Cut struct {
	// At is accept (before anything is read), headers (after Bytes of the first request's), before_body (default), mid_body,
	// before_response (all is read and nothing done), after_commit (the work is done and the response lost) or mid_response.
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"description=Where the connection ends.,enum=accept,enum=headers,enum=before_body,enum=mid_body,enum=before_response,enum=after_commit,enum=mid_response,default=before_body"`
	// Share of the body that goes by before mid_body or mid_response. Zero, without Bytes: half.
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body that goes by before mid_body or mid_response. Default 50%."`
	// Bytes is an offset instead of a share; for headers how many bytes are read. Zero there: 20.
	Bytes units.Size `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=An offset instead of a share; for headers how many bytes of them are read."`
	// After is a wait before the end.
	After units.Duration `yaml:"after,omitempty" json:"after,omitempty" jsonschema:"description=A wait before the end."`
}

func (c *Cut) defaults() {
	def(&c.At, "before_body")
	switch c.At {
	case "mid_body", "mid_response":
		if c.Bytes == 0 {
			def(&c.Share, 0.5)
		}
	case "headers":
		def(&c.Bytes, 20)
	}
}

func (c *Cut) check() error {
	switch c.At {
	case "accept", "headers", "before_body", "mid_body", "before_response", "after_commit", "mid_response":
	default:
		return Wrong("at", "is %q; it must be accept, headers, before_body, mid_body, before_response, after_commit or mid_response", c.At)
	}
	switch middle := c.At == "mid_body" || c.At == "mid_response"; {
	case c.Share > 0 && !middle:
		return Wrong("share", "only at: mid_body and mid_response have a share of a body, and this is %s: remove it", c.At)
	case c.Bytes > 0 && !middle && c.At != "headers":
		return Wrong("bytes", "only at: headers, mid_body and mid_response have an offset, and this is %s: remove it", c.At)
	case c.Bytes > 0 && c.Share > 0:
		return Wrong("share", "does not go with bytes: write one of the two")
	case c.At == "headers" && c.Bytes > 1000:
		return Wrong("bytes", "%s is more than headers have: write at most 1000B", c.Bytes)
	}
	return nil
}

// offset is how much of a body of this length goes by.
func (c *Cut) offset(length int64) int64 {
	if c.Bytes > 0 {
		return int64(c.Bytes)
	}
	return int64(float64(c.Share) * float64(max(length, 0)))
}

// Early reports whether the connection ends before a request is known.
func (c *Cut) Early() bool { return c.At == "accept" || c.At == "headers" }

// fate is what becomes of a connection that ends early.
func (c *Cut) fate(rst bool) Fate {
	f := Fate{Hold: c.After.D(), RST: rst, End: true}
	if c.At == "headers" {
		f.Bytes = int64(c.Bytes)
	}
	return f
}

// act carries the cut out on an attempt.
func (c *Cut) act(x *Exchange, name string, rst bool) bool {
	if c.Early() {
		return false // it was decided when the connection was accepted
	}
	if c.At == "mid_response" {
		w := &cutAnswer{ResponseWriter: x.W, x: x, c: c, name: name}
		x.Host.Pass(w)
		if w.cut {
			c.end(x, rst)
		}
		return true
	}
	x.Note(name + " " + c.At)
	switch c.At {
	case "mid_body":
		// The backend reads the body's first share, then an error, and so commits nothing.
		x.R.Body = &cutBody{ReadCloser: x.R.Body, left: c.offset(x.R.ContentLength)}
		x.Host.Pass(x.Host.Lost())
	case "before_response":
		x.ReadBody()
	case "after_commit":
		x.Host.Pass(x.Host.Lost())
	}
	c.end(x, rst)
	return true
}

func (c *Cut) end(x *Exchange, rst bool) {
	if c.After > 0 {
		x.Host.Wait(c.After.D())
	}
	x.Host.Kill(rst)
}

// BodyRead implements Reading. A cut in the answer spares answers without a body, and those of connections strike when
// there is no attempt yet.
func (c *Cut) BodyRead(size int64) int64 {
	switch c.At {
	case "accept", "headers", "mid_response":
		return -1
	case "mid_body":
		return min(size, c.offset(size))
	case "before_response", "after_commit":
		return size
	}
	return 0
}

// errCut is what the backend reads where the connection is going to be ended.
var errCut = errors.New("connection ended by the fault server")

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

// cutAnswer lets the first bytes of an answer pass. An answer without a body passes as it is.
type cutAnswer struct {
	http.ResponseWriter
	x     *Exchange
	c     *Cut
	name  string
	began bool
	left  int64
	cut   bool // something was, or will be, left out
}

func (w *cutAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *cutAnswer) WriteHeader(status int) {
	if !w.began && status >= 200 {
		w.began = true
		length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
		if err != nil {
			length = -1 // not known
		}
		w.left = w.c.offset(length)
		if w.x.R.Method != http.MethodHead && (length < 0 || length > w.left) {
			w.cut = true
			w.x.Note(w.name)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *cutAnswer) Write(p []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	if !w.cut {
		return w.ResponseWriter.Write(p)
	}
	keep := p[:min(int64(len(p)), w.left)]
	w.left -= int64(len(keep))
	if _, err := w.ResponseWriter.Write(keep); err != nil {
		return 0, err
	}
	return len(p), nil
}

// forever is longer than any trial.
const forever = 365 * 24 * time.Hour

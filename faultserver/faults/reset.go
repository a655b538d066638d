package faults

import (
	"cmp"
	"errors"
	"io"

	"github.com/ratebench/ratebench/internal/units"
)

// Reset closes the connection with a TCP RST.
type Reset struct {
	// At is before_body (default), mid_body or after_commit: the backend has done its work and the response is lost.
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"enum=before_body,enum=mid_body,enum=after_commit,default=before_body"`
	// Share is the part of the body that is read before a mid_body reset. Zero: half.
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body read before a mid_body reset. Default 50%."`
}

// Defaults implements Config.
func (c *Reset) Defaults() {
	c.At = cmp.Or(c.At, "before_body")
	if c.At == "mid_body" {
		c.Share = cmp.Or(c.Share, 0.5)
	}
}

// New implements Config.
func (c *Reset) New(Env) (Fault, error) {
	switch c.At {
	case "before_body", "mid_body", "after_commit":
	default:
		return nil, Wrong("at", "is %q; it must be before_body, mid_body or after_commit", c.At)
	}
	return reset{*c}, nil
}

type reset struct{ Reset }

func (f reset) Act(x *Exchange) bool {
	x.Note("reset " + f.At)
	switch f.At {
	case "mid_body":
		// The backend reads the body's first share, then an error, and so commits nothing.
		x.R.Body = &cutBody{ReadCloser: x.R.Body, left: f.BodyRead(max(x.R.ContentLength, 0))}
		x.Host.Pass(x.Host.Lost())
	case "after_commit":
		x.Host.Pass(x.Host.Lost())
	}
	x.Host.Kill(true)
	return true
}

// BodyRead implements Reading.
func (f reset) BodyRead(size int64) int64 {
	switch f.At {
	case "mid_body":
		return int64(float64(f.Share) * float64(size))
	case "after_commit":
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

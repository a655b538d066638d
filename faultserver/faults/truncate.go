package faults

import (
	"net/http"
	"strconv"

	"github.com/ratebench/ratebench/internal/units"
)

// Truncate ends an answer's body early: the client sees io.ErrUnexpectedEOF, or what its language calls that. An answer
// without a body passes as it is.
type Truncate struct {
	// Bytes of the body are sent. Zero: Share decides.
	Bytes units.Size `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=How much of the body is sent. Left out: share decides."`
	// Share of a body whose length is known is sent. Zero: half.
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body that is sent where its length is known.,default=50%"`
}

// Defaults implements Config.
func (c *Truncate) Defaults() {
	if c.Bytes == 0 && c.Share == 0 {
		c.Share = 0.5
	}
}

// New implements Config.
func (c *Truncate) New(Env) (Fault, error) {
	if c.Bytes > 0 && c.Share > 0 {
		return nil, Wrong("share", "does not go with bytes: write one of the two")
	}
	return truncate{*c}, nil
}

type truncate struct{ Truncate }

func (f truncate) Act(x *Exchange) bool {
	w := &truncated{ResponseWriter: x.W, x: x, f: f}
	x.Host.Pass(w)
	if w.cut {
		x.Host.Kill(false)
	}
	return true
}

// BodyRead implements Reading: the backend has done its work.
func (f truncate) BodyRead(size int64) int64 { return size }

// truncated lets the first bytes of an answer pass.
type truncated struct {
	http.ResponseWriter
	x     *Exchange
	f     truncate
	began bool
	left  int64
	cut   bool // something was, or will be, left out
}

func (w *truncated) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *truncated) WriteHeader(status int) {
	if !w.began && status >= 200 {
		w.began = true
		w.left = int64(w.f.Bytes)
		length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
		switch {
		case err == nil && w.f.Share > 0:
			w.left = int64(float64(w.f.Share) * float64(length))
		case err != nil:
			length = -1 // not known
		}
		if w.x.R.Method != http.MethodHead && (length < 0 || length > w.left) {
			w.cut = true
			w.x.Note("truncate")
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *truncated) Write(p []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	if w.cut {
		keep := p[:min(int64(len(p)), w.left)]
		w.left -= int64(len(keep))
		if _, err := w.ResponseWriter.Write(keep); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

package faults

import (
	"io"
	"net/http"
	"strconv"

	"github.com/ratebench/ratebench/internal/units"
)

// Stall lets a body begin and then hang: the request's, which the server stops reading, or the answer's.
type Stall struct {
	// At is request (default) or response.
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"description=Which body hangs.,enum=request,enum=response,default=request"`
	// Bytes go by before. Zero: Share decides.
	Bytes units.Size `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=Bytes that go by before. Left out: share decides."`
	// Share of a body whose length is known goes by before. Zero: half.
	Share units.Share    `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body that goes by before where its length is known.,default=50%"`
	For   units.Duration `yaml:"for" json:"for" jsonschema:"description=How long it hangs."`
}

// Defaults implements Config.
func (c *Stall) Defaults() {
	def(&c.At, "request")
	if c.Bytes == 0 {
		def(&c.Share, 0.5)
	}
}

// New implements Config.
func (c *Stall) New(Env) (Fault, error) {
	switch {
	case c.For <= 0:
		return nil, Wrong("for", "0s is no stall: write a time such as 5s")
	case c.Bytes > 0 && c.Share > 0:
		return nil, Wrong("share", "does not go with bytes: write one of the two")
	}
	return stall{*c}, nil
}

type stall struct{ Stall }

// after is how many bytes of a body go by before it hangs.
func (f stall) after(length int64) int64 {
	if f.Bytes > 0 {
		return int64(f.Bytes)
	}
	return int64(float64(f.Share) * float64(max(length, 0)))
}

func (f stall) Act(x *Exchange) bool {
	x.Note("stall " + f.At)
	wait := func() bool { return x.Host.Wait(f.For.D()) }
	if f.At == "request" {
		x.R.Body = &stalledBody{ReadCloser: x.R.Body, left: f.after(x.R.ContentLength), wait: wait}
		return false
	}
	x.W = &stalledAnswer{ResponseWriter: x.W, f: f, wait: wait}
	return false
}

type stalledBody struct {
	io.ReadCloser
	left int64
	wait func() bool
	done bool
}

func (b *stalledBody) Read(p []byte) (int, error) {
	if b.left <= 0 && !b.done {
		b.done = true
		if !b.wait() {
			return 0, errCut
		}
	}
	if !b.done {
		p = p[:min(int64(len(p)), b.left)]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}

type stalledAnswer struct {
	http.ResponseWriter
	f     stall
	wait  func() bool
	began bool
	done  bool
	left  int64
}

func (w *stalledAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *stalledAnswer) Write(p []byte) (n int, err error) {
	if !w.began {
		w.began = true
		length, _ := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64) // 0 where it is not known
		w.left = w.f.after(length)
	}
	if !w.done && w.left < int64(len(p)) {
		w.done = true
		if n, err = w.ResponseWriter.Write(p[:w.left]); err != nil {
			return n, err
		}
		p = p[n:]
		if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
			return n, err
		}
		if !w.wait() {
			return n, errCut
		}
	}
	m, err := w.ResponseWriter.Write(p)
	w.left -= int64(m)
	return n + m, err
}

package faults

import (
	"io"
	"net/http"
	"slices"
	"strconv"
)

// Corrupt changes bytes on the way: one bit of each is flipped, so lengths stay right. Where they are is decided by
// identity. Checksums of the protocol (Content-MD5, x-amz-checksum-*, a signed payload) would tell; the ETag tells only
// a client that compares it.
type Corrupt struct {
	// Bytes is how many bytes change, at most 100. Zero: 1.
	Bytes int `yaml:"bytes,omitempty" json:"bytes,omitempty" jsonschema:"description=How many bytes change.,default=1,minimum=1,maximum=100"`
	// Direction is upload (default) or download.
	Direction string `yaml:"direction,omitempty" json:"direction,omitempty" jsonschema:"description=Whose body changes.,enum=upload,enum=download,default=upload"`
}

// Defaults implements Config.
func (c *Corrupt) Defaults() {
	if c.Bytes == 0 {
		c.Bytes = 1
	}
	if c.Direction == "" {
		c.Direction = "upload"
	}
}

// New implements Config.
func (c *Corrupt) New(Env) (Fault, error) { return corrupt{*c}, nil }

type corrupt struct{ Corrupt }

func (f corrupt) Act(x *Exchange) bool {
	if f.Direction == "download" {
		x.W = &corruptedAnswer{ResponseWriter: x.W, x: x, host: x.Host, f: f}
		return false
	}
	if x.R.ContentLength == 0 {
		return false
	}
	x.Note("corrupt")
	x.R.Body = &corruptedBody{x.R.Body, flips{at: f.places(x.Host, x.R.ContentLength)}}
	return false
}

// places are the bytes to change, in order. Those of a body of unknown length are near its start.
func (f corrupt) places(host Host, length int64) []int64 {
	if length < 0 {
		length = 4 << 10
	}
	var at []int64
	for i := range f.Bytes {
		at = append(at, int64(host.Dice(byte(1+i))*float64(length)))
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// flips flips one bit of each byte at certain places of a stream.
type flips struct {
	at   []int64
	done int64
}

func (f *flips) apply(p []byte) {
	for len(f.at) > 0 && f.at[0] < f.done+int64(len(p)) {
		p[f.at[0]-f.done] ^= 0x10
		f.at = f.at[1:]
	}
	f.done += int64(len(p))
}

type corruptedBody struct {
	io.ReadCloser
	flips
}

func (b *corruptedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.apply(p[:n])
	return n, err
}

type corruptedAnswer struct {
	http.ResponseWriter
	x     *Exchange
	host  Host // of this rule; another may be acting by then
	f     corrupt
	began bool
	flips
}

func (w *corruptedAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *corruptedAnswer) WriteHeader(status int) {
	if !w.began && status >= 200 {
		w.began = true
		length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
		if err != nil {
			length = -1
		}
		if length != 0 && w.x.R.Method != http.MethodHead {
			w.host.Note("corrupt")
			w.at = w.f.places(w.host, length)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *corruptedAnswer) Write(p []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	changed := slices.Clone(p) // p belongs to the backend
	w.apply(changed)
	return w.ResponseWriter.Write(changed)
}

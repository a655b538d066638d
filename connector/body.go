package connector

import (
	"errors"
	"io"
	"sync"
)

// Body is what a part sends. Every reader of it reads the same bytes, and none copies them. When it is released, the memory
// under it is somebody else's: net/http may answer early and still read a body then, and gets an error.
type Body struct {
	mu   sync.RWMutex // held for reading while bytes are copied out
	data []byte       // nil: released
	size int64
	md5  string // in hex, see Expect
}

// NewBody is over the data until it is released.
func NewBody(data []byte) *Body { return &Body{data: data, size: int64(len(data))} }

// Expect makes a part fail that arrives with another MD5, in hex, as far as the answer's ETag says so; empty: nobody looks. It is called before the
// part is sent.
func (b *Body) Expect(md5 string) { b.md5 = md5 }

// Size in bytes; it stays when the body is released.
func (b *Body) Size() int64 { return b.size }

// Release waits for the reads that are under way and lets no further one begin.
func (b *Body) Release() {
	b.mu.Lock()
	b.data = nil
	b.mu.Unlock()
}

// Open returns a reader of the whole. It is no bytes.Reader, whose WriteTo would hand the memory itself to the writer.
func (b *Body) Open() io.ReadCloser { return &bodyReader{body: b} }

var errReleased = errors.New("the part is not sent any more")

type bodyReader struct {
	body *Body
	mu   sync.Mutex // Close may come from another goroutine than Read
	off  int64
	shut bool
}

func (r *bodyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.body.mu.RLock()
	defer r.body.mu.RUnlock()
	switch {
	case r.off == r.body.size:
		return 0, io.EOF
	case r.shut || r.body.data == nil:
		return 0, errReleased
	}
	n := copy(p, r.body.data[r.off:])
	r.off += int64(n)
	return n, nil
}

func (r *bodyReader) Close() error {
	r.mu.Lock()
	r.shut = true
	r.mu.Unlock()
	return nil
}

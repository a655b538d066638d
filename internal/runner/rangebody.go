package runner

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// bringsRange reports whether an answer brings a range of an object that is downloaded in several. (Of a download in one call the object
// tells how much came, and when it had come.)
func bringsRange(op string, req *http.Request, resp *http.Response) bool {
	return op == ops.GetObject && req.Header.Get("Range") != "" && resp.StatusCode/100 == 2
}

// rangeBody counts what a client reads of an answer, and remembers when it had the last of it.
type rangeBody struct {
	io.ReadCloser
	began  time.Time // with the answer's headers
	gaveUp func() bool

	mu       sync.Mutex // a body may be closed while it is read
	received int64
	last     time.Time // when something came last, or the body ended
	over     bool
	torn     string // what it ended in, if not in its end
}

// newRangeBody puts itself in the place of the answer's body.
func newRangeBody(req *http.Request, resp *http.Response, began time.Time) *rangeBody {
	b := &rangeBody{ReadCloser: resp.Body, began: began, last: began}
	b.gaveUp = func() bool { return errors.Is(req.Context().Err(), context.Canceled) }
	resp.Body = b
	return b
}

// Read implements io.Reader.
func (b *rangeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.received += int64(n)
	if (n > 0 || err != nil) && !b.over {
		b.last, b.over = time.Now(), err != nil
		if !errors.Is(err, io.EOF) {
			if b.torn = ErrorKind(err); b.torn != "" && b.gaveUp() {
				b.torn = "canceled" // what is read then goes by how the connection was ended
			}
		}
	}
	return n, err
}

// Close implements io.Closer.
func (b *rangeBody) Close() error {
	b.mu.Lock()
	if !b.over {
		b.last, b.over = time.Now(), true
	}
	b.mu.Unlock()
	return b.ReadCloser.Close()
}

// count fills in what came so far. Of a body that nobody has ended, the time is that of the last bytes.
func (a *attempt) count() {
	if a.body == nil {
		return
	}
	a.body.mu.Lock()
	defer a.body.mu.Unlock()
	n, s := a.body.received, max(0, a.body.last.Sub(a.body.began).Seconds())
	a.ReceivedBytes, a.BodyS, a.Error = &n, &s, a.body.torn
}

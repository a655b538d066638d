package workloads

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
)

// maxDownload bounds how much of a service's answer is read.
const maxDownload = 1 << 30

// send sends a call through the stack and reads what comes of it.
func (c *caller) send(ctx context.Context, o runner.Object, what Call) (runner.Receipt, error) {
	req := (&http.Request{
		Method: what.Method, URL: &url.URL{Scheme: "http", Host: c.to, Path: c.bucket + o.Key}, Host: c.to,
		Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if what.Key {
		req.Header.Set("Idempotency-Key", o.Key)
	}
	download := what.Method == http.MethodGet
	if o.Size > 0 && !download {
		req.ContentLength = o.Size
		req.Body = sized(o.Size, c.w.Zeros)
		req.GetBody = func() (io.ReadCloser, error) { return sized(o.Size, c.w.Zeros), nil }
	}
	resp, err := c.stack.RoundTrip(req)
	if err != nil {
		return runner.Receipt{}, err
	}
	defer resp.Body.Close()
	limit := int64(maxAnswer)
	if download {
		limit = max(limit, o.Size+1)
	}
	if download && c.w.AsCame {
		limit = maxDownload
	}
	n, err := io.Copy(io.Discard, io.LimitReader(resp.Body, limit))
	if err != nil {
		return runner.Receipt{}, fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return runner.Receipt{}, &answerError{status: resp.StatusCode}
	}
	return runner.Receipt{ETag: strings.Clone(resp.Header.Get("ETag")), Read: n}, nil
}

// sized is a body of which only the size matters. With zeros its bytes are; else they are left as they are, and may be
// anything.
func sized(size int64, zeros bool) io.ReadCloser { return &sizedReader{size, zeros} }

type sizedReader struct {
	left  int64
	zeros bool
}

func (r *sizedReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), r.left)
	r.left -= n
	if r.zeros {
		clear(p[:n])
	}
	return int(n), nil
}

func (r *sizedReader) Close() error { return nil }

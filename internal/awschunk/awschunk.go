// Package awschunk takes the framing off bodies in AWS's own chunked encoding (Content-Encoding: aws-chunked), which SDKs
// use to sign or checksum a body while they send it: each chunk is its length in hexadecimal, perhaps a signature, and the
// bytes; a chunk of length zero ends it, with trailers behind. Signatures and trailers are read over, not checked.
//
// See "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks" and "… Using Trailing
// Headers" in Amazon's S3 documentation.
package awschunk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Encoded reports whether a request's body is in this encoding.
func Encoded(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-")
}

// NewReader returns a reader of the plain bytes. It does not close r.
func NewReader(r io.Reader) io.Reader { return &reader{r: bufio.NewReaderSize(r, 64<<10)} }

type reader struct {
	r    *bufio.Reader
	left int64 // of the chunk
	open bool  // a chunk has begun
	err  error
}

// maxLine is far more than a length and a signature need.
const maxLine = 4 << 10

func (c *reader) Read(p []byte) (int, error) {
	for c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	c.err = err
	return n, err
}

// next reads up to the next chunk's bytes.
func (c *reader) next() error {
	if c.open {
		if line, err := c.line(); err != nil {
			return err
		} else if line != "" {
			return errors.New("aws-chunked body: a chunk does not end where its length says")
		}
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	length, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseInt(length, 16, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("aws-chunked body: %.20q is no length of a chunk", length)
	}
	c.left, c.open = n, true
	if n > 0 {
		return nil
	}
	for { // trailers, up to an empty line or the end
		line, err := c.line()
		if err == io.ErrUnexpectedEOF || err == nil && line == "" {
			_, _ = io.Copy(io.Discard, c.r) // what is behind belongs to nobody
			return io.EOF
		}
		if err != nil {
			return err
		}
	}
}

// line reads a line without its end.
func (c *reader) line() (string, error) {
	var b strings.Builder
	for {
		ch, err := c.r.ReadByte()
		switch {
		case err == io.EOF:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case ch == '\n':
			return strings.TrimSuffix(b.String(), "\r"), nil
		case b.Len() >= maxLine:
			return "", errors.New("aws-chunked body: the line before a chunk does not end")
		}
		b.WriteByte(ch)
	}
}

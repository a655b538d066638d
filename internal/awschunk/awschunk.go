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
	// trailers are the lines behind the last chunk.
	trailers []string
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
		if len(c.trailers) >= maxTrailers {
			return errors.New("aws-chunked body: it has too many trailers")
		}
		c.trailers = append(c.trailers, line)
	}
}

const maxTrailers = 100

// Trailing reports whether a body comes with trailers behind it, and Signed whether its chunks are signed.
func Trailing(r *http.Request) bool {
	return Encoded(r) && strings.HasSuffix(r.Header.Get("X-Amz-Content-Sha256"), "-TRAILER")
}

// Signed reports whether the chunks of a body are signed.
func Signed(r *http.Request) bool {
	return Encoded(r) && !strings.Contains(r.Header.Get("X-Amz-Content-Sha256"), "UNSIGNED")
}

// Unsigned is what STREAMING-UNSIGNED-PAYLOAD-TRAILER stands for: the name of an encoding without signatures.
const Unsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

// Unsign returns a reader of the same body in the unsigned encoding, its trailers included. It does not close r.
func Unsign(r io.Reader) io.Reader {
	return &unsigned{in: &reader{r: bufio.NewReaderSize(r, 64<<10)}, piece: make([]byte, 64<<10)}
}

type unsigned struct {
	in    *reader
	piece []byte
	out   []byte
	err   error
}

func (u *unsigned) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		var n int
		n, u.err = u.in.Read(u.piece)
		if n > 0 {
			u.out = append(fmt.Appendf(u.out[:0], "%x\r\n", n), u.piece[:n]...)
			u.out = append(u.out, '\r', '\n')
		}
		if u.err == io.EOF {
			u.out = append(u.out, "0\r\n"...)
			for _, line := range u.in.trailers {
				if !strings.HasPrefix(strings.ToLower(line), "x-amz-trailer-signature") {
					u.out = append(append(u.out, line...), '\r', '\n')
				}
			}
			u.out = append(u.out, '\r', '\n')
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
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

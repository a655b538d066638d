package connector

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// cutter reads a file from its beginning to its end, once, and lays it out as the parts of its encrypted form. Parts are cut off the encrypted
// stream, of which the header is the beginning; so the last segment of a part ends 124 bytes into the next one. The cutter encrypts
// these segments itself, and leaves all others to those who send the parts.
type cutter struct {
	cut
	alias   string
	content io.ReaderAt
	header  []byte
	sealer  *sealer
	sha     hash.Hash // of the plain text that has been read

	next    int    // number of the part that comes next
	read    int64  // bytes of plain text so far
	shared  []byte // where a segment in two parts is encrypted
	carried []byte // what of it belongs to the next part
}

func newCutter(c cut, s Source, header []byte, sealer *sealer) *cutter {
	return &cutter{cut: c, alias: s.Alias, content: s.Content, header: header, sealer: sealer, sha: sha256.New(), next: 1}
}

// fill lays the next part out in a buffer that is large enough.
func (c *cutter) fill(buffer []byte) (*part, error) {
	from, to := c.span(c.next)
	p := &part{number: c.next, data: buffer[:to-from]}
	at := 0
	if c.next == 1 {
		at = copy(p.data, c.header)
	}
	at += copy(p.data[at:], c.carried)
	c.carried = nil
	for at < len(p.data) {
		plain := int(min(plainSegment, c.size-c.read))
		sealed := nonceSize + plain + tagSize
		if at+sealed <= len(p.data) {
			if err := c.readInto(p.data[at+nonceSize : at+nonceSize+plain]); err != nil {
				return nil, err
			}
			p.plain = append(p.plain, span{at, at + sealed})
			at += sealed
			continue
		}
		number := c.read / plainSegment
		if c.shared == nil {
			c.shared = make([]byte, segment)
		}
		if err := c.readInto(c.shared[nonceSize : nonceSize+plain]); err != nil {
			return nil, err
		}
		c.sealer.sealShared(c.shared[:sealed], number)
		n := copy(p.data[at:], c.shared[:sealed])
		at, c.carried = at+n, c.shared[n:sealed]
	}
	c.next++
	p.upTo = c.sum()
	return p, nil
}

// skip passes a part that need not be sent: it is read for the digest of the whole, and for what it shares with the next one. What has been read
// so far must be what it was when the part was sent, or the parts were of two files.
func (c *cutter) skip(sent PartDigests) error {
	at, to := c.span(c.next)
	if c.next == 1 {
		at += int64(len(c.header))
	}
	at += int64(len(c.carried))
	c.carried = nil
	if c.shared == nil {
		c.shared = make([]byte, segment)
	}
	for at < to {
		number, plain := c.read/plainSegment, int(min(plainSegment, c.size-c.read))
		sealed := nonceSize + plain + tagSize
		if err := c.readInto(c.shared[nonceSize : nonceSize+plain]); err != nil {
			return err
		}
		if at+int64(sealed) > to {
			c.sealer.sealShared(c.shared[:sealed], number)
			c.carried = c.shared[to-at : sealed]
		}
		at += int64(sealed)
	}
	c.next++
	if c.sum() != sent.Plain {
		return fmt.Errorf("%s, within its first %d bytes: %w", c.alias, c.read, ErrChanged)
	}
	return nil
}

// sum is the SHA-256 of the plain text that has been read, in hex.
func (c *cutter) sum() string { return hex.EncodeToString(c.sha.Sum(nil)) }

// readInto reads and hashes the plain text that comes next.
func (c *cutter) readInto(p []byte) error {
	n, err := c.content.ReadAt(p, c.read)
	if n < len(p) {
		if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%s ends after %d bytes, not %d: %w", c.alias, c.read+int64(n), c.size, ErrChanged)
		}
		return fmt.Errorf("%w: %s, at byte %d: %w", errReading, c.alias, c.read+int64(n), err)
	}
	c.sha.Write(p)
	c.read += int64(n)
	return nil
}

// atEnd checks that the file has not grown.
func (c *cutter) atEnd() error {
	var more [1]byte
	if n, _ := c.content.ReadAt(more[:], c.size); n > 0 {
		return fmt.Errorf("%s has more than the %d bytes that it had: %w", c.alias, c.size, ErrChanged)
	}
	return nil
}

// errReading says that it was not the network.
var errReading = errors.New("the file cannot be read")

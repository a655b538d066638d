package connector

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/neicnordic/crypt4gh/model/headers"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	// sealOverhead is by how many bytes a segment is longer when it is sealed: a nonce and a tag.
	sealOverhead = chacha20poly1305.NonceSize + chacha20poly1305.Overhead

	// A header of a file with a thousand readers has 108 kB; what is longer than this is none.
	maxHeader = 1 << 20
	// leastPacket is what a header packet has before its payload, and the payload's tag: length, method, key, nonce, tag.
	leastPacket = 4 + 4 + 32 + chacha20poly1305.NonceSize + chacha20poly1305.Overhead
)

// errNotCrypt4GH says that what was to be decrypted does not begin as it should.
var errNotCrypt4GH = errors.New("the file is not encrypted with Crypt4GH: it does not begin with a Crypt4GH header")

// readEnvelope reads a Crypt4GH header, and nothing after it. It leaves no length to the crypt4gh module: that trusts those of hostile headers
// with the size of an allocation, and takes a short first read for another format.
func readEnvelope(r io.Reader) ([]byte, error) {
	header := make([]byte, 16, headerSize)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, headerCut(err, errNotCrypt4GH)
	}
	if string(header[:8]) != headers.MagicNumber {
		return nil, errNotCrypt4GH
	}
	if v := binary.LittleEndian.Uint32(header[8:]); v != headers.Version {
		return nil, fmt.Errorf("the file is of version %d of Crypt4GH; only version %d is known", v, headers.Version)
	}
	for n := binary.LittleEndian.Uint32(header[12:]); n > 0; n-- {
		at := len(header)
		header = append(header, 0, 0, 0, 0)
		if _, err := io.ReadFull(r, header[at:]); err != nil {
			return nil, headerCut(err, ErrTruncated)
		}
		length := int64(binary.LittleEndian.Uint32(header[at:]))
		if length < leastPacket || int64(at)+length > maxHeader {
			return nil, errors.New("the Crypt4GH header is damaged: the length of a packet makes no sense")
		}
		header = append(header, make([]byte, length-4)...)
		if _, err := io.ReadFull(r, header[at+4:]); err != nil {
			return nil, headerCut(err, ErrTruncated)
		}
	}
	return header, nil
}

// headerCut is the error of a header that could not be read, cut where it only ended too early.
func headerCut(err, cut error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return cut
	}
	return fmt.Errorf("reading the Crypt4GH header: %w", err)
}

// openEnvelope gets the data keys out of a header that readEnvelope has read. It returns ErrWrongKey where none is for this key.
func openEnvelope(header []byte, private [32]byte) ([]cipher.AEAD, error) {
	var keys []cipher.AEAD
	for rest := header[16:]; len(rest) > 0; {
		length, method := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:])
		packet, err := headers.NewHeaderPacket(bytes.NewReader(rest[:length]), private)
		rest = rest[length:]
		if method != uint32(headers.X25519ChaCha20IETFPoly1305) {
			continue // sealed in a way that the module does not know, though it does not look
		}
		if other := (*headers.HeaderReaderError)(nil); errors.As(err, &other) {
			continue // for somebody else
		}
		if err != nil {
			return nil, fmt.Errorf("the Crypt4GH header is damaged: %w", err)
		}
		switch p := packet.EncryptedHeaderPacket.(type) {
		case headers.DataEncryptionParametersHeaderPacket:
			if p.DataEncryptionMethod != headers.ChaCha20IETFPoly1305 {
				return nil, fmt.Errorf("the file is encrypted with method %d of Crypt4GH, which is not known", p.DataEncryptionMethod)
			}
			key, err := chacha20poly1305.New(p.DataKey[:])
			if err != nil {
				return nil, err
			}
			keys = append(keys, key)
		case headers.DataEditListHeaderPacket:
			return nil, errors.New("the file has a Crypt4GH edit list, which is not supported")
		default:
			return nil, errors.New("the Crypt4GH header holds a packet of an unknown kind")
		}
	}
	if len(keys) == 0 {
		return nil, ErrWrongKey
	}
	return keys, nil
}

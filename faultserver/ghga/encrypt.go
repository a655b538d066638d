package ghga

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/neicnordic/crypt4gh/keys"
	"github.com/neicnordic/crypt4gh/model/body"
	"github.com/neicnordic/crypt4gh/model/headers"
)

// What a segment of a Crypt4GH body holds, and what it is longer when it is encrypted.
const (
	segmentSize     = 64 << 10
	segmentOverhead = 28
)

// bodySize is the size in bytes of a file of n bytes when it is encrypted, without the header.
func bodySize(n int64) int64 { return n + segmentOverhead*((n+segmentSize-1)/segmentSize) }

// opens tells whether a header is one, and made for the owner of this key.
func opens(header []byte, key [32]byte) error {
	r := bytes.NewReader(header)
	h, err := headers.NewHeader(r, key)
	if err != nil {
		return fmt.Errorf("its header cannot be opened: %w", err)
	}
	if r.Len() > 0 {
		return errors.New("its header is shorter than its sizes say")
	}
	if h.GetDataEditListHeaderPacket() != nil {
		return errors.New("its header leaves parts of the body out")
	}
	_, err = h.GetDataEncryptionParameterHeaderPackets()
	return err
}

// sealedBody reads plain text and gives it as the body of a Crypt4GH file.
type sealedBody struct {
	plain   io.Reader
	left    int64 // of the plain text
	params  []headers.DataEncryptionParametersHeaderPacket
	sum     hash.Hash // SHA-256 of the plain text
	segment []byte    // encrypted, and not yet read
	buf     [segmentSize]byte
}

// encrypt makes the header for a recipient, and the body of size plain bytes.
func encrypt(recipient [32]byte, plain io.Reader, size int64) (header []byte, b *sealedBody, err error) {
	_, sender, err := keys.GenerateKeyPair()
	if err != nil {
		return nil, nil, fmt.Errorf("ghga: a key for encryption: %w", err)
	}
	packet := headers.DataEncryptionParametersHeaderPacket{
		EncryptedSegmentSize: segmentSize + segmentOverhead, PacketType: headers.PacketType{PacketType: headers.DataEncryptionParameters},
		DataEncryptionMethod: headers.ChaCha20IETFPoly1305,
	}
	if _, err := rand.Read(packet.DataKey[:]); err != nil {
		return nil, nil, fmt.Errorf("ghga: a key for encryption: %w", err)
	}
	h := headers.Header{Version: headers.Version, HeaderPacketCount: 1, HeaderPackets: []headers.HeaderPacket{{
		WriterPrivateKey: sender, ReaderPublicKey: recipient,
		HeaderEncryptionMethod: headers.X25519ChaCha20IETFPoly1305, EncryptedHeaderPacket: packet,
	}}}
	copy(h.MagicNumber[:], headers.MagicNumber)
	if header, err = h.MarshalBinary(); err != nil {
		return nil, nil, fmt.Errorf("ghga: making a Crypt4GH header: %w", err)
	}
	return header, &sealedBody{plain: plain, left: size, params: []headers.DataEncryptionParametersHeaderPacket{packet}, sum: sha256.New()}, nil
}

// Read implements io.Reader. Content that is shorter than it was said to be ends in io.ErrUnexpectedEOF.
func (b *sealedBody) Read(p []byte) (int, error) {
	if len(b.segment) == 0 {
		if b.left == 0 {
			return 0, io.EOF
		}
		plain := b.buf[:min(b.left, segmentSize)]
		if _, err := io.ReadFull(b.plain, plain); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		b.left -= int64(len(plain))
		b.sum.Write(plain)
		segment := body.Segment{DataEncryptionParametersHeaderPackets: b.params, UnencryptedData: plain}
		var err error
		if b.segment, err = segment.MarshalBinary(); err != nil {
			return 0, fmt.Errorf("encrypting a segment: %w", err)
		}
	}
	n := copy(p, b.segment)
	b.segment = b.segment[n:]
	return n, nil
}

// digest is the SHA-256 of all the plain text, in hex.
func (b *sealedBody) digest() (string, error) {
	if b.left > 0 || len(b.segment) > 0 {
		return "", errors.New("not all of it was read")
	}
	return hex.EncodeToString(b.sum.Sum(nil)), nil
}

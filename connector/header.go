package connector

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/neicnordic/crypt4gh/model/headers"
)

// newHeader makes the header of a Crypt4GH file: the data key for one recipient, from somebody with a key of their own.
func newHeader(sender, recipient, dataKey [32]byte) ([]byte, error) {
	h := headers.Header{
		MagicNumber: [8]byte([]byte(headers.MagicNumber)), Version: headers.Version, HeaderPacketCount: 1,
		HeaderPackets: []headers.HeaderPacket{{
			WriterPrivateKey: sender, ReaderPublicKey: recipient, HeaderEncryptionMethod: headers.X25519ChaCha20IETFPoly1305,
			EncryptedHeaderPacket: headers.DataEncryptionParametersHeaderPacket{
				EncryptedSegmentSize: segment, PacketType: headers.PacketType{PacketType: headers.DataEncryptionParameters},
				DataEncryptionMethod: headers.ChaCha20IETFPoly1305, DataKey: dataKey,
			},
		}},
	}
	raw, err := h.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("making the Crypt4GH header: %w", err)
	}
	if len(raw) != headerSize {
		return nil, fmt.Errorf("making the Crypt4GH header: it has %d bytes, not %d", len(raw), headerSize)
	}
	return raw, nil
}

// openHeader gets the data key out of a header that newHeader made. It is not for headers of others: see Decrypt.
func openHeader(raw []byte, recipient [32]byte) (dataKey [32]byte, err error) {
	// crypt4gh takes the packet's length on trust.
	if len(raw) != headerSize || !isCrypt4GH(raw) || binary.LittleEndian.Uint32(raw[12:]) != 1 ||
		binary.LittleEndian.Uint32(raw[16:]) != headerSize-16 {
		return dataKey, errors.New("it is no Crypt4GH header for one recipient")
	}
	h, err := headers.NewHeader(bytes.NewReader(raw), recipient)
	if err != nil {
		return dataKey, ErrWrongKey
	}
	packets, err := h.GetDataEncryptionParameterHeaderPackets()
	if err != nil {
		return dataKey, err
	}
	return (*packets)[0].DataKey, nil
}

// isCrypt4GH looks at the first 12 bytes of a file.
func isCrypt4GH(head []byte) bool {
	return len(head) >= 12 && string(head[:8]) == headers.MagicNumber && binary.LittleEndian.Uint32(head[8:]) == headers.Version
}

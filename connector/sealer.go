package connector

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// sealer encrypts the segments of one file, with one data key. It is safe for concurrent use.
//
// Note: crypt4gh's body.Segment makes the same bytes (a test compares them), but two copies of each segment on the heap as well.
type sealer struct {
	aead   cipher.AEAD
	nonces []byte // key of the nonces that are not random
}

func newSealer(dataKey [32]byte) (*sealer, error) {
	aead, err := chacha20poly1305.New(dataKey[:])
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, dataKey[:])
	mac.Write([]byte("nonces of segments in two parts"))
	return &sealer{aead, mac.Sum(nil)}, nil
}

// seal encrypts a segment where it lies: in gives it room for the nonce, then the plain text, then room for the tag. The nonce is
// random.
func (s *sealer) seal(in []byte) {
	rand.Read(in[:nonceSize]) // it never fails
	s.sealWith(in)
}

// sealShared does the same for a segment that lies in two parts. These may be sent by different processes, which have to come to the
// same bytes without a word: so the nonce is a keyed digest of the segment's number and its plain text. To outsiders that is as good as
// random, and it is never used for another text, even if the file has changed in between.
func (s *sealer) sealShared(in []byte, number int64) {
	mac := hmac.New(sha256.New, s.nonces)
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(number))
	mac.Write(n[:])
	mac.Write(in[nonceSize : len(in)-tagSize])
	copy(in[:nonceSize], mac.Sum(nil))
	s.sealWith(in)
}

func (s *sealer) sealWith(in []byte) {
	plain := in[nonceSize : len(in)-tagSize]
	s.aead.Seal(plain[:0], in[:nonceSize], plain, nil)
}

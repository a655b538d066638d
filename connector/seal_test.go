package connector

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/neicnordic/crypt4gh/model/body"
	"github.com/neicnordic/crypt4gh/model/headers"
	"pgregory.net/rapid"
)

// A segment has the bytes that crypt4gh makes of it.
func TestSealAsCrypt4GH(t *testing.T) {
	var key [32]byte
	rand.Read(key[:])
	s, err := newSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 1000, plainSegment} {
		plain := content(int64(size))
		in := make([]byte, nonceSize+size+tagSize)
		copy(in[nonceSize:], plain)
		s.seal(in)
		nonce := [nonceSize]byte(in)
		seg := body.Segment{
			DataEncryptionParametersHeaderPackets: []headers.DataEncryptionParametersHeaderPacket{{DataKey: key}},
			Nonce:                                 &nonce, UnencryptedData: plain,
		}
		want, err := seg.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(in, want) {
			t.Errorf("%d bytes are not encrypted as crypt4gh does it", size)
		}
	}
}

// A segment in two parts comes out the same every time, and has another nonce as soon as anything about it is another.
func TestSealShared(t *testing.T) {
	seal := func(key byte, number int64, plain string) []byte {
		s, err := newSealer([32]byte{key})
		if err != nil {
			t.Fatal(err)
		}
		in := make([]byte, nonceSize+len(plain)+tagSize)
		copy(in[nonceSize:], plain)
		s.sealShared(in, number)
		return in
	}
	first := seal(1, 1, "text")
	if !bytes.Equal(first, seal(1, 1, "text")) {
		t.Error("it is not the same twice")
	}
	for _, other := range [][]byte{seal(2, 1, "text"), seal(1, 2, "text"), seal(1, 1, "tent"), seal(1, 1, "text ")} {
		if bytes.Equal(first[:nonceSize], other[:nonceSize]) {
			t.Error("a nonce came twice")
		}
	}
}

// However a file is cut, and whichever parts are left out, the parts are the file; a part that is made twice has another nonce
// in every segment of its own, and the same bytes in what it shares.
func TestCutter(t *testing.T) {
	var hub KeyPair = newKeyPair(t)
	rapid.Check(t, func(t *rapid.T) {
		c := cut{
			size:     rapid.Int64Range(1, 12*plainSegment).Draw(t, "size"),
			partSize: rapid.Int64Range(segment+headerSize, 5*segment).Draw(t, "part size"),
		}
		plain := content(c.size)
		var key [32]byte
		rand.Read(key[:])
		s, err := newSealer(key)
		if err != nil {
			t.Fatal(err)
		}
		header, err := newHeader(hub.Private, hub.Public, key)
		if err != nil {
			t.Fatal(err)
		}
		parts := make([][]byte, c.parts())
		sum := sha256.Sum256(plain)
		digests := make([]PartDigests, len(parts))
		whole := newCutter(c, source("a", plain), header, s)
		for i := range parts {
			p, err := whole.fill(make([]byte, c.partSize))
			if err != nil {
				t.Fatal(err)
			}
			digests[i] = p.seal(s)
		}
		left := rapid.SliceOfN(rapid.Bool(), len(parts), len(parts)).Draw(t, "left out at first")
		for _, second := range []bool{false, true} {
			cutter := newCutter(c, source("a", plain), header, s)
			for i := range parts {
				if left[i] != second {
					if err := cutter.skip(digests[i]); err != nil {
						t.Fatal(err)
					}
					continue
				}
				p, err := cutter.fill(make([]byte, c.partSize))
				if err != nil {
					t.Fatal(err)
				}
				d := p.seal(s)
				if got := sha256.Sum256(p.data); hex.EncodeToString(got[:]) != d.SHA256 {
					t.Fatal("the digest is not that of the part")
				}
				parts[i] = p.data
			}
			if err := cutter.atEnd(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(cutter.sha.Sum(nil), sum[:]) {
				t.Fatal("the digest is not that of the file")
			}
		}
		object := slices.Concat(parts...)
		if int64(len(object)) != c.encrypted() {
			t.Fatalf("%d bytes, want %d", len(object), c.encrypted())
		}
		if err := opens(object, key, plain); err != nil {
			t.Fatal(err)
		}
	})
}

// opens decrypts an object segment by segment.
func opens(object []byte, key [32]byte, plain []byte) error {
	nonces := map[[nonceSize]byte]bool{}
	for at := headerSize; at < len(object); {
		end := min(at+segment, len(object))
		nonce := [nonceSize]byte(object[at:])
		if nonces[nonce] {
			return fmt.Errorf("the nonce of the segment at %d came before", at)
		}
		nonces[nonce] = true
		seg := body.Segment{DataEncryptionParametersHeaderPackets: []headers.DataEncryptionParametersHeaderPacket{{DataKey: key}}}
		if err := seg.UnmarshalBinary(object[at:end]); err != nil {
			return fmt.Errorf("the segment at %d: %w", at, err)
		}
		if !bytes.HasPrefix(plain, seg.UnencryptedData) {
			return fmt.Errorf("the segment at %d holds another text", at)
		}
		plain = plain[len(seg.UnencryptedData):]
		at = end
	}
	if len(plain) > 0 {
		return fmt.Errorf("%d bytes are missing", len(plain))
	}
	return nil
}

func TestHeader(t *testing.T) {
	sender, hub := newKeyPair(t), newKeyPair(t)
	key := [32]byte{7}
	raw, err := newHeader(sender.Private, hub.Public, key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := openHeader(raw, hub.Private); err != nil || got != key {
		t.Errorf("%v", err)
	}
	if _, err := openHeader(raw, sender.Private); err != ErrWrongKey {
		t.Errorf("with another key: %v", err)
	}
	if !isCrypt4GH(raw) || isCrypt4GH(raw[:11]) || isCrypt4GH([]byte("crypt4gh\x02\x00\x00\x00")) {
		t.Error("isCrypt4GH is wrong")
	}
}

// The table of the sheet, and the rule's edges.
func TestPartSize(t *testing.T) {
	for configured, want := range map[int64]int64{math.MinInt64: minPartSize, -1: minPartSize, 0: minPartSize, 1 << 62: maxPartSize, math.MaxInt64: maxPartSize} {
		if got := PartSize(configured, 1<<30); got != want {
			t.Errorf("PartSize(%d) is %d, want %d", configured, got, want)
		}
	}
	const mib, gib, tib = 1 << 20, 1 << 30, 1 << 40
	for _, tt := range []struct {
		plain, configured int64
		encrypted, size   int64
		parts             int
		last              int64
	}{
		{1, 64 * mib, 153, 67137536, 1, 153},
		{64 * mib, 64 * mib, 67137660, 67137536, 2, 124},
		{gib, 64 * mib, 1074200700, 67137536, 17, 124},
		{10 * gib, 64 * mib, 10742005884, 67137536, 161, 124},
		{tib, 64 * mib, 1099981389948, 110081956, 9993, 42485596},
		{gib, 1, 1074200700, 5245120, 205, 4196220},
		{gib, 6 * gib, 1074200700, 5368708140, 1, 1074200700},
		{gib, segment, 1074200700, 5245120, 205, 4196220},
		{gib, 100 * segment, 1074200700, 6556400, 164, 5507500},
		{gib, 100*segment + 1, 1074200700, 6621964, 163, 1442532},
	} {
		t.Run(fmt.Sprint(tt.plain, " ", tt.configured), func(t *testing.T) {
			if got := EncryptedSize(tt.plain); got != tt.encrypted {
				t.Fatalf("encrypted %d, want %d", got, tt.encrypted)
			}
			c := cut{tt.plain, PartSize(tt.configured, tt.encrypted)}
			from, to := c.span(c.parts())
			if c.partSize != tt.size || c.parts() != tt.parts || to-from != tt.last {
				t.Errorf("%d in %d parts, the last one %d, want %d, %d, %d", c.partSize, c.parts(), to-from, tt.size, tt.parts, tt.last)
			}
		})
	}
}

func TestPartSizeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		configured := rapid.Int64Range(1, 6<<30).Draw(t, "configured")
		plain := rapid.Int64Range(1, 40<<40).Draw(t, "plain")
		c := cut{plain, PartSize(configured, EncryptedSize(plain))}
		if c.partSize%segment != 0 || c.partSize < 5<<20 || c.partSize > 5<<30 || c.parts() > 10_000 {
			t.Errorf("%d parts of %d", c.parts(), c.partSize)
		}
	})
}

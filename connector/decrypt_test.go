package connector

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/neicnordic/crypt4gh/keys"
	"github.com/neicnordic/crypt4gh/model/headers"
	"github.com/neicnordic/crypt4gh/streaming"
	"pgregory.net/rapid"
)

// encryptedFor encrypts with crypt4gh's own writer.
func encryptedFor(t testing.TB, plain []byte, readers ...KeyPair) []byte {
	t.Helper()
	var public [][32]byte
	for _, r := range readers {
		public = append(public, r.Public)
	}
	var b bytes.Buffer
	w, err := streaming.NewCrypt4GHWriterWithoutPrivateKey(&b, public, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(plain) > 0 {
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is n bytes that repeat with the seed.
func noise(seed uint64, n int) []byte {
	src := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, n)
	_, _ = src.Read(b) // never fails
	return b
}

func TestDecrypt(t *testing.T) {
	me, other := newKeyPair(t), newKeyPair(t)
	for _, n := range []int{1, 65535, 65536, 65537, 131072, perPiece * plainSegment, perPiece*plainSegment + 1, 5<<20 + 12345} {
		plain := noise(uint64(n), n)
		sealed := encryptedFor(t, plain, other, me)
		for _, size := range []int64{-1, int64(len(sealed))} {
			var got bytes.Buffer
			d, err := Decrypt(t.Context(), &got, iotest.HalfReader(bytes.NewReader(sealed)), size, me)
			if err != nil || !bytes.Equal(got.Bytes(), plain) {
				t.Fatalf("%d bytes, size %d: %v; the same bytes: %v", n, size, err, bytes.Equal(got.Bytes(), plain))
			}
			if want := fmt.Sprintf("%x", sha(plain)); d.Size != int64(n) || d.SHA256 != want {
				t.Errorf("%d bytes: told %d and %s, want %s", n, d.Size, d.SHA256, want)
			}
		}
	}
}

// Empty files come in two forms: with no segment, as GHGA counts them, and with an empty one, as crypt4gh writes them.
func TestDecryptEmpty(t *testing.T) {
	me := newKeyPair(t)
	sealed := encryptedFor(t, nil, me)
	for _, s := range [][]byte{sealed, sealed[:124]} {
		d, err := Decrypt(t.Context(), io.Discard, bytes.NewReader(s), int64(len(s)), me)
		if err != nil || d.Size != 0 {
			t.Errorf("%d bytes: %d, %v", len(s), d.Size, err)
		}
	}
}

func TestDecryptRefuses(t *testing.T) {
	me := newKeyPair(t)
	const segments = 40
	plain := noise(7, segments*plainSegment-100)
	sealed := encryptedFor(t, plain, me)
	size := int64(len(sealed))
	flipped := func(at int64) []byte {
		b := bytes.Clone(sealed)
		b[at] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		in   []byte
		size int64
		key  KeyPair
		is   error
		says string
	}{
		"another key":                {sealed, size, newKeyPair(t), ErrWrongKey, "another one"},
		"no Crypt4GH":                {plain, -1, me, nil, "not encrypted with Crypt4GH"},
		"nothing":                    {nil, -1, me, nil, "not encrypted with Crypt4GH"},
		"cut between segments":       {sealed[:124+20*segment], size, me, ErrTruncated, "of 26"},
		"cut in a segment":           {sealed[:124+20*segment+5000], size, me, ErrTruncated, ""},
		"cut in a nonce, no size":    {sealed[:124+20*segment+5], -1, me, ErrTruncated, "segment 21"},
		"cut in a segment, no size":  {sealed[:124+20*segment+5000], -1, me, ErrTruncated, "segment 21"},
		"cut in the header":          {sealed[:60], size, me, ErrTruncated, ""},
		"cut before the body":        {sealed[:124], size, me, ErrTruncated, ""},
		"longer":                     {append(bytes.Clone(sealed), 1), size, me, nil, "longer"},
		"flipped byte":               {flipped(124 + 17*segment + 4711), size, me, nil, "segment 18, at byte 1114712"},
		"flipped byte in the nonce":  {flipped(124 + 3*segment), -1, me, nil, "segment 4,"},
		"flipped byte in the last":   {flipped(size - 1), size, me, nil, "segment 40,"},
		"flipped byte in the header": {flipped(100), size, me, ErrWrongKey, ""},
		"another version":            {flipped(8), size, me, nil, "version 0"},
		"a mad length":               {append(bytes.Clone(sealed[:16]), 3, 0, 0, 0, 1), -1, me, nil, "length of a packet"},
		"a huge length":              {append(bytes.Clone(sealed[:16]), 255, 255, 255, 255), -1, me, nil, "length of a packet"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decrypt(t.Context(), io.Discard, bytes.NewReader(c.in), c.size, c.key)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v and %q", err, c.is, c.says)
			}
		})
	}
	// Between two segments, nobody can tell without a size.
	if _, err := Decrypt(t.Context(), io.Discard, bytes.NewReader(sealed[:124+20*segment]), -1, me); err != nil {
		t.Errorf("cut between segments, no size: %v", err)
	}
}

// A segment that came damaged is asked for again, and the others are not.
func TestDecryptMends(t *testing.T) {
	me := newKeyPair(t)
	plain := noise(3, 50*plainSegment+17)
	sealed := encryptedFor(t, plain, me)
	spoilt := bytes.Clone(sealed)
	for _, n := range []int{0, 18, 19, 50} {
		spoilt[124+n*segment+13] ^= 0x80
	}
	asked := make(chan int64, 10)
	var got bytes.Buffer
	_, err := decrypt(t.Context(), &got, bytes.NewReader(spoilt), int64(len(sealed)), me, func(_ context.Context, damaged *DecryptError, to []byte) error {
		asked <- damaged.Segment
		copy(to, sealed[damaged.Offset:])
		return nil
	})
	if err != nil || !bytes.Equal(got.Bytes(), plain) {
		t.Fatalf("%v; the same bytes: %v", err, bytes.Equal(got.Bytes(), plain))
	}
	if len(asked) != 4 {
		t.Errorf("%d segments were asked for again, want 4", len(asked))
	}
	away := errors.New("gone")
	_, err = decrypt(t.Context(), io.Discard, bytes.NewReader(spoilt), -1, me, func(context.Context, *DecryptError, []byte) error { return away })
	if damaged := (*DecryptError)(nil); !errors.Is(err, away) || !errors.As(err, &damaged) {
		t.Errorf("got %v, want both what is damaged and why it could not be mended", err)
	}
}

// Several data keys in a header are tried in turn.
func TestDecryptSeveralKeys(t *testing.T) {
	me := newKeyPair(t)
	plain := noise(5, 3*plainSegment)
	a, b := encryptedFor(t, noise(6, 10), me), encryptedFor(t, plain, me)
	both := bytes.Clone(a[:124])
	binary.LittleEndian.PutUint32(both[12:], 2)
	both = append(append(both, b[16:124]...), b[124:]...)
	var got bytes.Buffer
	if _, err := Decrypt(t.Context(), &got, bytes.NewReader(both), int64(len(both)), me); err != nil || !bytes.Equal(got.Bytes(), plain) {
		t.Errorf("%v; the same bytes: %v", err, bytes.Equal(got.Bytes(), plain))
	}
}

func TestDecryptStops(t *testing.T) {
	me := newKeyPair(t)
	sealed := encryptedFor(t, noise(1, 4<<20), me)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	_, err := Decrypt(ctx, writer(func(p []byte) (int, error) { cancel(why); return len(p), nil }), bytes.NewReader(sealed), -1, me)
	if !errors.Is(err, why) {
		t.Errorf("a context that ended: %v", err)
	}
	full := errors.New("no room")
	_, err = Decrypt(t.Context(), writer(func(p []byte) (int, error) { return 0, full }), bytes.NewReader(sealed), -1, me)
	if !errors.Is(err, full) {
		t.Errorf("a writer that fails: %v", err)
	}
	_, err = Decrypt(t.Context(), io.Discard, io.MultiReader(bytes.NewReader(sealed[:1<<20]), iotest.ErrReader(full)), -1, me)
	if !errors.Is(err, full) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// The header of an edit list says that some of the plain text is not to be seen; leaving that out would be wrong.
func TestDecryptEditList(t *testing.T) {
	me := newKeyPair(t)
	var b bytes.Buffer
	list := &headers.DataEditListHeaderPacket{
		PacketType: headers.PacketType{PacketType: headers.DataEditList}, NumberLengths: 1, Lengths: []uint64{3},
	}
	w, err := streaming.NewCrypt4GHWriterWithoutPrivateKey(&b, [][32]byte{me.Public}, list)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Decrypt(t.Context(), io.Discard, &b, -1, me); err == nil || !strings.Contains(err.Error(), "edit list") {
		t.Errorf("got %v", err)
	}
}

// Whatever is cut off or changed anywhere, with the size known the plain text is never wrong.
func TestDecryptNeverWrong(t *testing.T) {
	me := newKeyPair(t)
	plain := noise(9, 3*plainSegment+999)
	sealed := encryptedFor(t, plain, me)
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(sealed)
		if rapid.Bool().Draw(t, "cut") {
			b = b[:rapid.IntRange(0, len(b)-1).Draw(t, "to")]
		} else {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		}
		var got bytes.Buffer
		if _, err := Decrypt(t.Context(), &got, bytes.NewReader(b), int64(len(sealed)), me); err == nil && !bytes.Equal(got.Bytes(), plain) {
			t.Fatal("wrong bytes and no error")
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	me := KeyPair{Private: [32]byte(noise(1, 32))}
	me.Public = keys.DerivePublicKey(me.Private)
	f.Add(encryptedFor(f, []byte("hello"), me))
	f.Add(encryptedFor(f, nil, me, me))
	f.Add([]byte("crypt4gh\x01\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, _ = Decrypt(t.Context(), io.Discard, bytes.NewReader(in), -1, me) // must return, without a panic
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func sha(b []byte) [32]byte { return sha256.Sum256(b) }

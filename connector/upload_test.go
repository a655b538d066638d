package connector

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/neicnordic/crypt4gh/streaming"
)

// content makes bytes of a file.
func content(n int64) []byte {
	b := make([]byte, n)
	rnd := rand.NewChaCha8([32]byte{1})
	rnd.Read(b)
	return b
}

func source(alias string, b []byte) Source {
	return Source{Alias: alias, Size: int64(len(b)), Content: bytes.NewReader(b)}
}

// decrypted decrypts an object with somebody else's code.
func decrypted(t *testing.T, object []byte, hub KeyPair) []byte {
	t.Helper()
	r, err := streaming.NewCrypt4GHReader(bytes.NewReader(object), hub.Private, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// check says whether a finished upload is the file.
func (f *fake) check(t *testing.T, up Uploaded, plain []byte) {
	t.Helper()
	u := f.uploads[up.FileID]
	if u == nil || u.State != "inbox" {
		t.Fatalf("the upload is not in the inbox: %+v", u)
	}
	object := u.object()
	if int64(len(object)) != up.EncryptedSize || up.EncryptedSize != EncryptedSize(int64(len(plain))) || len(u.parts) != up.Parts {
		t.Errorf("%d bytes in %d parts, want %d in %d", len(object), len(u.parts), up.EncryptedSize, up.Parts)
	}
	if !bytes.Equal(decrypted(t, object, f.hub), plain) {
		t.Error("what was uploaded is not the file")
	}
	sum := sha256.Sum256(plain)
	if want := hex.EncodeToString(sum[:]); up.SHA256 != want || u.done.DecryptedSHA256 != want {
		t.Error("the SHA-256 is not that of the file")
	}
	for i, got := range u.done.PartsSHA256 {
		if sum := sha256.Sum256(u.parts[i+1]); hex.EncodeToString(sum[:]) != got {
			t.Errorf("the SHA-256 of part %d is wrong", i+1)
		}
	}
	if len(u.done.PartsSHA256) != up.Parts || len(u.done.PartsMD5) != up.Parts {
		t.Error("not every part has its digests")
	}
}

// uploaded uploads a file of random bytes, in parts of the size as configured, and checks it.
func uploaded(t *testing.T, b Behaviour, size, partSize int64) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		plain := content(size)
		up, err := f.connector(t, b, func(c *Config) { c.PartSize = partSize }).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
	})
}

func TestUpload(t *testing.T) {
	const part = 4 * plainSegment // of which a first part holds all but 124 bytes
	for _, size := range []int64{
		1, 65535, 65536, 65537, part - 125, part - 124, part - 123, part - 96, part - 95, part - 1, part, part + 1, smallPart,
		2*part - 124, 3*part - 1, 3*part + 70000,
	} {
		for name, b := range map[string]Behaviour{"as is": AsIs(), "fixed": Fixed()} {
			t.Run(fmt.Sprint(name, " ", size), func(t *testing.T) { uploaded(t, b, size, 0) })
		}
	}
}

// The same with parts that S3 takes.
func TestUploadLargeParts(t *testing.T) {
	const part = 80 * plainSegment
	for _, size := range []int64{part - 1, part, part + 1, 2*part + 70000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) { uploaded(t, Fixed(), size, 5<<20) })
		if raceEnabled {
			break
		}
	}
}

package workloads

import (
	"bytes"
	"crypto/md5"
	"io"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is read in whatever pieces, the bytes are the same.
func TestContentIsOneStream(t *testing.T) {
	c := newContent(7)
	rapid.Check(t, func(t *rapid.T) {
		o := c.object(rapid.IntRange(1, 100).Draw(t, "ordinal"))
		at := rapid.Int64Range(0, 1<<40).Draw(t, "at")
		n := rapid.IntRange(0, 3*blockSize/2).Draw(t, "n")
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		whole, a, b := make([]byte, n), make([]byte, cut), make([]byte, n-cut)
		for _, r := range []struct {
			buf []byte
			at  int64
		}{{whole, at}, {a, at}, {b, at + int64(cut)}} {
			if got, err := o.ReadAt(r.buf, r.at); got != len(r.buf) || err != nil {
				t.Fatalf("ReadAt = %d, %v", got, err)
			}
		}
		if !bytes.Equal(whole, append(a, b...)) {
			t.Fatal("the pieces differ from the whole")
		}
	})
}

// No two parts and no two neighbouring objects are alike, or a swap would go unseen.
func TestContentDiffers(t *testing.T) {
	c := newContent(1)
	seen := map[[16]byte]bool{}
	for ordinal := 1; ordinal <= variants; ordinal++ {
		for _, sum := range new(digests).of(c, ordinal, 40<<20, 5<<20) {
			if seen[sum] {
				t.Fatalf("object %d has a part that was there before", ordinal)
			}
			seen[sum] = true
		}
	}
	if other := new(digests).of(newContent(2), 1, 5<<20, 5<<20)[0]; seen[other] {
		t.Error("another seed makes the same content")
	}
}

func TestDigests(t *testing.T) {
	c := newContent(3)
	var d digests
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, sum := range d.of(c, 2, 12<<20, 5<<20) {
				h := md5.New()
				if _, err := io.Copy(h, partReader(c.object(2), i+1, 12<<20, 5<<20)); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(h.Sum(nil), sum[:]) {
					t.Errorf("part %d: wrong digest", i+1)
				}
			}
		})
	}
	wg.Wait()
	if got := partReader(c.object(2), 3, 12<<20, 5<<20).Size(); got != 2<<20 {
		t.Errorf("the last part has %d bytes", got)
	}
	if n := partCount(0, 5); n != 1 {
		t.Errorf("an empty object has %d parts", n)
	}
}

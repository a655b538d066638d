package workloads

import (
	"crypto/md5"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/runner"
)

// blockSize is a prime, so that a part size never divides it and no two parts of an object are alike.
const blockSize = 4194301

// variants is how many different contents there are; objects share them in turn. It bounds what has to be hashed before
// the clock of a trial starts that uploads as many objects as it can.
const variants = 8

// content is the bytes of every object, made from a seed. One random block is read round and round from an offset that
// depends on the variant: reading costs a copy and no computing, any number of readers can do it at once, and memory
// does not grow with the size of the objects.
type content struct {
	block   []byte
	offsets [variants]int64
}

func newContent(seed uint64) *content {
	c := &content{block: make([]byte, blockSize)}
	rng := rand.New(rand.NewPCG(seed, seed))
	for i := 0; i < len(c.block); i += 8 {
		v := rng.Uint64()
		for j := i; j < min(i+8, len(c.block)); j++ {
			c.block[j] = byte(v >> (8 * (j - i)))
		}
	}
	for i := range c.offsets { // at random, since even steps would meet even part sizes
		c.offsets[i] = rng.Int64N(blockSize)
	}
	return c
}

// object is the content of the object with this ordinal. That of no content at all can be counted and nothing else.
func (c *content) object(ordinal int) io.ReaderAt {
	if c == nil {
		return counted{}
	}
	return variant{c, c.offsets[ordinal%variants]}
}

// counted is content of which only the number of bytes matters: a reader gets back what it had.
type counted struct{}

func (counted) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

type variant struct {
	of     *content
	offset int64
}

// ReadAt never ends: the size of an object is not its content's business.
func (v variant) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], v.of.block[(v.offset+at+int64(n))%blockSize:])
	}
	return n, nil
}

// digests remembers the MD5 of the parts, which every trial with the same part size needs again.
type digests struct {
	mu    sync.Mutex
	known map[digestKey][][16]byte
}

type digestKey struct {
	variant        int
	size, partSize int64
}

// of computes the MD5 of every part of an object, or remembers it.
func (d *digests) of(c *content, ordinal int, size, partSize int64) [][16]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := digestKey{ordinal % variants, size, partSize}
	if sums := d.known[k]; sums != nil {
		return sums
	}
	sums := make([][16]byte, partCount(size, partSize))
	content := c.object(ordinal)
	if c == nil {
		for i := range sums {
			sums[i] = s3.CountedMD5(partReader(content, i+1, size, partSize).Size())
		}
		return sums // cheap enough to be computed again
	}
	parts := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			buf := make([]byte, 256<<10)
			for i := range parts {
				h := md5.New()
				// A hash takes everything and the content never fails.
				_, _ = io.CopyBuffer(struct{ io.Writer }{h}, partReader(content, i+1, size, partSize), buf)
				h.Sum(sums[i][:0])
			}
		})
	}
	for i := range sums {
		parts <- i
	}
	close(parts)
	wg.Wait()
	if d.known == nil {
		d.known = map[digestKey][][16]byte{}
	}
	d.known[k] = sums
	return sums
}

// partCount is the number of parts of an object; an empty object has one.
func partCount(size, partSize int64) int { return max(1, int((size+partSize-1)/partSize)) }

// partReader reads part number n (from 1). Every call gives a reader of its own.
func partReader(content io.ReaderAt, n int, size, partSize int64) *io.SectionReader {
	from := int64(n-1) * partSize
	return io.NewSectionReader(content, from, min(partSize, size-from))
}

var _ runner.Workload = (*Upload)(nil)

// Variant names the content of an object: objects of the same variant have the same.
func Variant(ordinal int) int { return ordinal % variants }

// Content is the content of an object, as Upload with this seed uploads it.
func Content(seed uint64, ordinal int) io.ReaderAt { return newContent(seed).object(ordinal) }

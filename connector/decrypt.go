package connector

import (
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/sync/errgroup"
)

// Decrypted is a file that has been decrypted.
type Decrypted struct {
	Size   int64  // bytes of plain text
	SHA256 string // of the plain text, in hex
}

// DecryptError says which segment of a Crypt4GH file cannot be decrypted although the key fits: its bytes are not those that were encrypted.
type DecryptError struct {
	Segment int64 // from 1
	Offset  int64 // of its first byte in the encrypted file
}

// Error implements error.
func (e *DecryptError) Error() string {
	return fmt.Sprintf("segment %d, at byte %d of the encrypted file, is damaged: it is not what was encrypted", e.Segment, e.Offset)
}

// perPiece is how many segments go through the hands of a goroutine at once: 1 MiB.
const perPiece = 16

// mostWorkers bounds the memory for pieces, of which there are twice as many and two: 34 MiB.
const mostWorkers = 16

// Decrypt decrypts a Crypt4GH file. size is that of the encrypted file in bytes with its header, as far as the caller knows it from
// elsewhere, such as an archive's listing; negative: nobody knows. Only with a size is a file that ends too early between two segments
// found out (ErrTruncated): Crypt4GH itself does not tell it from a shorter file. What has been written by then is for the caller to throw away.
//
// Up to 16 cores decrypt, in some MiB of memory; dst and src are used by one goroutine each, in order.
func Decrypt(ctx context.Context, dst io.Writer, src io.Reader, size int64, key KeyPair) (Decrypted, error) {
	return decrypt(ctx, dst, src, size, key, nil)
}

// mender brings a damaged segment again. It is called by several goroutines at once, once for each such segment.
type mender func(ctx context.Context, damaged *DecryptError, sealed []byte) error

func decrypt(ctx context.Context, dst io.Writer, src io.Reader, size int64, key KeyPair, mend mender) (Decrypted, error) {
	header, err := readEnvelope(src)
	if err != nil {
		return Decrypted{}, err
	}
	keys, err := openEnvelope(header, key.Private)
	if err != nil {
		return Decrypted{}, err
	}
	d := &decryption{keys: keys, header: int64(len(header)), size: size, mend: mend}
	return d.run(ctx, dst, src)
}

// decryption is one file on its way from reader over workers to writer, in batches.
type decryption struct {
	keys         []cipher.AEAD
	header, size int64
	mend         mender
	read         int64 // bytes of the body
}

// piece is some segments in a row. done is closed when plain is filled in, or err.
type piece struct {
	first  int64 // segment, from 0
	sealed []byte
	plain  []byte
	err    error
	done   chan struct{}
}

func (d *decryption) run(ctx context.Context, dst io.Writer, src io.Reader) (Decrypted, error) {
	workers := min(runtime.GOMAXPROCS(0), mostWorkers)
	var (
		g, gctx = errgroup.WithContext(ctx)
		work    = make(chan *piece)
		ordered = make(chan *piece, workers)
		free    = make(chan []byte, 2*workers+2) // buffers are made when they are first needed
	)
	for range cap(free) {
		free <- nil
	}
	g.Go(func() error {
		defer close(work)
		defer close(ordered)
		return d.split(gctx, src, free, work, ordered)
	})
	for range workers {
		g.Go(func() error {
			for p := range work {
				p.err = d.open(gctx, p)
				close(p.done)
			}
			return nil
		})
	}
	var out Decrypted
	g.Go(func() error {
		sum := sha256.New()
		for p := range ordered {
			select {
			case <-p.done:
			case <-gctx.Done():
				return gctx.Err()
			}
			if p.err != nil {
				return p.err
			}
			sum.Write(p.plain)
			if _, err := dst.Write(p.plain); err != nil {
				return fmt.Errorf("writing what was decrypted: %w", err)
			}
			out.Size += int64(len(p.plain))
			free <- p.sealed[:0]
		}
		out.SHA256 = hex.EncodeToString(sum.Sum(nil))
		return nil
	})
	if err := g.Wait(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return Decrypted{}, cause
		}
		return Decrypted{}, err
	}
	return out, nil
}

// split reads the body in batches, and hands each to the workers and, in order, to the writer.
func (d *decryption) split(ctx context.Context, src io.Reader, free chan []byte, work, ordered chan<- *piece) error {
	for first := int64(0); ; first += perPiece {
		var buf []byte
		select {
		case buf = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		if buf == nil {
			buf = make([]byte, perPiece*segment)
		}
		n, err := io.ReadFull(src, buf[:cap(buf)])
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return fmt.Errorf("reading the encrypted file: %w", err)
		}
		d.read += int64(n)
		if err := d.measure(end); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		p := &piece{first: first, sealed: buf[:n], done: make(chan struct{})}
		for _, to := range []chan<- *piece{work, ordered} {
			select {
			case to <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if end {
			return nil
		}
	}
}

// measure compares what was read with what the caller knows.
func (d *decryption) measure(end bool) error {
	got := d.header + d.read
	switch {
	case d.size < 0:
	case got > d.size:
		return fmt.Errorf("the encrypted file is longer than the %d bytes that it should have", d.size)
	case end && got < d.size:
		return fmt.Errorf("%w: it has %d bytes of %d", ErrTruncated, got, d.size)
	}
	return nil
}

// open decrypts a piece in place: the plain text of a segment is moved to where the one before ended.
func (d *decryption) open(ctx context.Context, p *piece) error {
	p.plain = p.sealed[:0]
	n := p.first
	for rest := p.sealed; len(rest) > 0; n++ {
		sealed := rest[:min(segment, len(rest))]
		rest = rest[len(sealed):]
		plain, ok := d.openSegment(sealed)
		if !ok {
			damaged := &DecryptError{Segment: n + 1, Offset: d.header + n*segment}
			if d.mend != nil {
				if err := d.mend(ctx, damaged, sealed); err != nil {
					return fmt.Errorf("%w; asking for it again: %w", damaged, err)
				}
				plain, ok = d.openSegment(sealed)
			}
			if !ok && len(sealed) < segment && d.size < 0 {
				return fmt.Errorf("%w, or else: %w", ErrTruncated, damaged)
			}
			if !ok {
				return damaged
			}
		}
		p.plain = append(p.plain, plain...)
	}
	return nil
}

// openSegment decrypts a segment in place with the first data key that fits.
func (d *decryption) openSegment(sealed []byte) ([]byte, bool) {
	if len(sealed) < sealOverhead {
		return nil, false
	}
	nonce, text := sealed[:chacha20poly1305.NonceSize], sealed[chacha20poly1305.NonceSize:]
	if len(d.keys) == 1 {
		plain, err := d.keys[0].Open(text[:0], nonce, text, nil)
		return plain, err == nil
	}
	for _, key := range d.keys { // a key that does not fit spoils what it writes to
		if plain, err := key.Open(nil, nonce, text, nil); err == nil {
			return plain, true
		}
	}
	return nil, false
}

// IsCrypt4GH looks at the beginning of a file.
func IsCrypt4GH(r io.ReaderAt) (bool, error) {
	var head [12]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return isCrypt4GH(head[:n]), nil
}

package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Expected is what is known of a file from elsewhere, such as [Downloaded] or an archive's listing. The zero value: nothing is.
type Expected struct {
	EncryptedSize int64  // bytes, the header included; 0: not known
	SHA256        string // of the plain text, in hex of either case; empty: not known
}

// ErrUnexpected says that a decrypted file does not have the SHA-256 that was expected: it is another one, or ends too early.
var ErrUnexpected = errors.New("the decrypted file does not have the SHA-256 that was expected: it is another file, or was cut off")

// DecryptFile decrypts a Crypt4GH file to another one, which appears under its name when it is whole and as it was expected; without one of the expectations
// a file that was cut off between two segments passes, see [Decrypt]. What is there is overwritten only if overwrite is true. progress, if not nil, is told
// how many bytes more have been read.
func DecryptFile(ctx context.Context, from, to string, key KeyPair, want Expected, overwrite bool, progress func(n int64)) (d Decrypted, err error) {
	src, err := os.Open(from)
	if err != nil {
		return Decrypted{}, err
	}
	defer src.Close()
	if err := vacant(to, overwrite); err != nil {
		return Decrypted{}, err
	}
	size := int64(-1)
	if want.EncryptedSize > 0 {
		size = want.EncryptedSize
		if err := want.fits(src); err != nil { // before gigabytes are decrypted
			return Decrypted{}, err
		}
	}
	err = intoPlace(to, overwrite, false, func(w *os.File) error {
		d, err = Decrypt(ctx, w, &counted{src, progress}, size, key)
		if err == nil && want.SHA256 != "" && !strings.EqualFold(want.SHA256, d.SHA256) {
			err = fmt.Errorf("%w; it has %s", ErrUnexpected, d.SHA256)
		}
		return err
	})
	if err != nil {
		return Decrypted{}, err
	}
	return d, nil
}

// fits compares the size of a file with what is expected.
func (e Expected) fits(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	switch got := info.Size(); {
	case got < e.EncryptedSize:
		return fmt.Errorf("%w: it has %d bytes of %d", ErrTruncated, got, e.EncryptedSize)
	case got > e.EncryptedSize:
		return fmt.Errorf("the encrypted file is longer than it should be: it has %d bytes, not %d", got, e.EncryptedSize)
	}
	return nil
}

// counted tells how much is read.
type counted struct {
	r    io.Reader
	tell func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.tell != nil && n > 0 {
		c.tell(int64(n))
	}
	return n, err
}

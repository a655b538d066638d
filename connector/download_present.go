package connector

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrPresent says that a download has nothing to do: the file is there already, and of the size that it should have. Its content was not looked at.
var ErrPresent = errors.New("the file is there already, with the right size; its content was not compared")

// ErrStillEncrypted says that a file which is to be downloaded and decrypted is there already, encrypted. It is an ErrFileExists too.
var ErrStillEncrypted = fmt.Errorf("it is the encrypted file, and %w", ErrFileExists)

// aside is where the encrypted file goes that is removed when it has been decrypted: to sealed, or beside what is there and was not left by a download that
// is to go on. Such a file is somebody's own: it stays, and without overwrite it is an error. What an earlier download left beside it is gone on with, even if
// the file is not there any more.
func aside(sealed string, overwrite bool) (string, error) {
	beside := sealed + ".again"
	if !exists(sealed) {
		if exists(beside + stateSuffix) {
			return beside, nil
		}
		return sealed, nil
	}
	if half, err := readPartial(sealed + stateSuffix); err == nil && half.Whole {
		return sealed, nil
	}
	if !overwrite {
		return "", fmt.Errorf("%s: %w", sealed, ErrStillEncrypted)
	}
	return beside, nil
}

// present tells a file that stands in the way, as there says, from one that needs no download any more. keep is of encrypted files.
func (c *Connector) present(ctx context.Context, accession, path string, keep bool, there error) error {
	info, err := os.Stat(path)
	if !errors.Is(there, ErrFileExists) || err != nil || !info.Mode().IsRegular() {
		return there
	}
	o, err := c.staged(ctx, accession, c.asked)
	if err != nil {
		return err
	}
	size, want := info.Size(), o.Size
	if keep {
		err := c.persist(ctx, accession, func() error {
			envelope, err := c.envelope(ctx, accession)
			want = o.Size + int64(len(envelope))
			return err
		})
		if err != nil {
			return err
		}
	} else {
		size = EncryptedSize(size) - headerSize
	}
	if size != want {
		return fmt.Errorf("%w, and it is another one: encrypted it would have %d bytes, not %d", there, size, want)
	}
	return fmt.Errorf("%s: %w", path, ErrPresent)
}

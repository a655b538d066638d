package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"
)

// ErrFileExists says that a download would replace a file, which it does not unless Config.Overwrite is set.
var ErrFileExists = errors.New("the file is there already")

// partSuffix marks a file that is not whole.
const partSuffix = ".part"

// place is where a download goes. The names come from services, so they must not lead out of the folder.
func place(dir, accession, ext string) (string, error) {
	name := accession + ext
	if accession == "" || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, unicode.IsControl) || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("%q is no name for a file", name)
	}
	return filepath.Join(dir, name), nil
}

// vacant makes sure that nothing is at a path.
func vacant(path string, overwrite bool) error {
	if _, err := os.Lstat(path); overwrite || errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("looking at %s: %w", path, err)
	}
	return fmt.Errorf("%s: %w", path, ErrFileExists)
}

// openPart opens a file that is not whole yet, which the caller holds. One that is there is taken only if ours says that it may be, and emptied unless
// keep is true.
func openPart(part string, ours, keep bool) (*os.File, error) {
	flags := os.O_RDWR | os.O_CREATE
	if !ours {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(part, flags, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s: %w; remove it if nothing else needs it", part, ErrFileExists)
	}
	if err != nil {
		return nil, fmt.Errorf("making %s: %w", part, err)
	}
	if !keep {
		if err := f.Truncate(0); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %w", part, err)
		}
	}
	return f, nil
}

// intoPlace writes a file beside its path, with fill, and moves it there when it is whole and on the disk. If that fails nothing is left. ours says that
// what is beside it already may be replaced.
func intoPlace(path string, overwrite, ours bool, fill func(*os.File) error) (err error) {
	part := path + partSuffix
	release, err := hold(part)
	if err != nil {
		return full(err, path)
	}
	defer release()
	f, err := openPart(part, ours || overwrite, false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = full(err, path)
			if rerr := os.Remove(part); rerr != nil {
				err = fmt.Errorf("%w; %s could not be removed: %w", err, part, rerr)
			}
		}
	}()
	if err = fill(f); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = vacant(path, overwrite)
	}
	if err != nil {
		return err
	}
	if err = os.Rename(part, path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir makes a new name last. Not every system can; the file itself is safe by then.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// full says in plain words that there is no room.
func full(err error, path string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk that holds %s is full; what was written of it is removed: %w", filepath.Dir(path), err)
	}
	return err
}

// DecryptFile decrypts a Crypt4GH file to another one, which appears under its name when it is whole; see [Decrypt] for what that can know.
// What is there is overwritten only if overwrite is true. progress, if not nil, is told how many bytes more have been read.
func DecryptFile(ctx context.Context, from, to string, key KeyPair, overwrite bool, progress func(n int64)) (d Decrypted, err error) {
	src, err := os.Open(from)
	if err != nil {
		return Decrypted{}, err
	}
	defer src.Close()
	if err := vacant(to, overwrite); err != nil {
		return Decrypted{}, err
	}
	err = intoPlace(to, overwrite, false, func(w *os.File) error {
		d, err = Decrypt(ctx, w, &counted{src, progress}, -1, key)
		return err
	})
	if err != nil {
		return Decrypted{}, err
	}
	return d, nil
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

package s3

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// files keeps the bytes of parts, one file each. The zero value keeps nothing.
type files struct {
	dir    string
	create func(path string) (io.WriteCloser, error)
}

func createFile(path string) (io.WriteCloser, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// open starts a file, or answers with nothing if no bytes are kept.
func (f *files) open(n int64) (io.WriteCloser, string, error) {
	if f.dir == "" {
		return nil, "", nil
	}
	path := filepath.Join(f.dir, strconv.FormatInt(n, 36))
	w, err := f.create(path)
	if err != nil {
		return nil, "", storeError(err)
	}
	return w, path, nil
}

// remove deletes files of parts that are no longer part of anything. A file that cannot be deleted is left for Close.
func (f *files) remove(parts ...part) {
	for _, p := range parts {
		if p.path != "" {
			_ = os.Remove(p.path)
		}
	}
}

// storeError says why the server could not keep a part, without naming its folder to the client.
func storeError(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("the part cannot be stored on the server: %w", err)
}

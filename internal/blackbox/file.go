package blackbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// write makes a file of so many bytes of a content.
func write(path string, content io.ReaderAt, size int64) error {
	return fill(path, io.NewSectionReader(content, 0, size))
}

func duplicate(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("the file to upload: %w", err)
	}
	defer f.Close()
	return fill(to, f)
}

func fill(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400) // clients only read
	if err != nil {
		return fmt.Errorf("the file to upload: %w", err)
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("the file to upload: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// fileName makes a name in results one of a file.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/=@+", r) {
			return '-'
		}
		return r
	}, name)
}

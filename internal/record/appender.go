package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// appender adds batches of rows to the end of a file. It is safe for concurrent use.
//
// A batch is handed to the operating system in one write. If that fails, the file is cut back to its last whole
// batch, so that a full disk costs the newest rows and damages none.
type appender struct {
	path string

	mu     sync.Mutex
	file   growing
	size   int64
	broken error // set when a failed write could not be undone
}

// growing is what appender needs of an *os.File.
type growing interface {
	io.WriterAt
	Truncate(size int64) error
	Close() error
}

// openAppender opens path for appending; the file is made if there is none.
//
// Note: O_APPEND would do without the size, but Windows refuses to truncate a file opened so.
func openAppender(path string) (*appender, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open a results file: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a results file: %w", err), file.Close())
	}
	return &appender{path: path, file: file, size: info.Size()}, nil
}

// add appends what encode writes. first tells encode that the file is empty and needs its header.
func (a *appender) add(encode func(w io.Writer, first bool) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken != nil {
		return writeError(a.path, a.broken)
	}
	var buf bytes.Buffer
	if err := encode(&buf, a.size == 0); err != nil {
		return fmt.Errorf("write %s: %w", a.path, err)
	}
	n, err := a.file.WriteAt(buf.Bytes(), a.size)
	if err == nil {
		a.size += int64(n)
		return nil
	}
	if n > 0 {
		if terr := a.file.Truncate(a.size); terr != nil {
			a.broken = errors.Join(err, terr) // a row after the torn one would be unreadable
		}
	}
	return writeError(a.path, err)
}

func (a *appender) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken == nil {
		a.broken = os.ErrClosed
	}
	if err := a.file.Close(); err != nil {
		return writeError(a.path, err)
	}
	return nil
}

package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// WriteError says why a file of a results folder could not be written. Several of one cause can so be told as one.
type WriteError struct {
	Path  string
	Cause error // what the system said, with neither operation nor path
}

// NewWriteError takes what the system said out of err; nil stays nil.
func NewWriteError(path string, err error) *WriteError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = e.Err
	}
	return &WriteError{Path: path, Cause: err}
}

func (e *WriteError) Error() string { return fmt.Sprintf("write %s: %v", e.Path, e.Cause) }
func (e *WriteError) Unwrap() error { return e.Cause }

// Advice is what mends the cause, as the beginning of a sentence that goes on with "and".
func (e *WriteError) Advice() string {
	const windowsDiskFull, windowsHandleDiskFull = syscall.Errno(112), syscall.Errno(39) // elsewhere they are of sockets and of folders that are not empty
	switch {
	case errors.Is(e.Cause, syscall.EROFS), errors.Is(e.Cause, fs.ErrPermission):
		return "make the folder writable, or copy it to where it is,"
	case errors.Is(e.Cause, syscall.EFBIG):
		return "raise the limit on the size of files (ulimit -f)"
	case errors.Is(e.Cause, syscall.ENOSPC), errors.Is(e.Cause, syscall.EDQUOT), errors.Is(e.Cause, windowsDiskFull), errors.Is(e.Cause, windowsHandleDiskFull):
		return "free space"
	}
	return "mend that"
}

// Same says whether another error has the same cause.
func (e *WriteError) Same(other error) bool {
	return errors.Is(other, e.Cause)
}

// writeError says what to do when a results file cannot be written.
func writeError(path string, err error) error {
	e := NewWriteError(path, err)
	return fmt.Errorf("%w; earlier rows are intact: %s and continue with --resume", e, e.Advice())
}

// ReplaceFile writes a file as a whole, by a temporary one beside it that takes its place: who reads it, or is left with it when the disk is full, has the
// old one or the new one and never half of one. A failure to write is a *WriteError.
func ReplaceFile(path string, write func(f *os.File) error) error {
	tmp, err := createTemp(path)
	if err != nil {
		return NewWriteError(path, err)
	}
	return errOrNil(replace(tmp, path, write(tmp)))
}

func errOrNil(e *WriteError) error {
	if e == nil {
		return nil
	}
	return e
}

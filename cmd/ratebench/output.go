package main

import (
	"io"
	"sync/atomic"
)

// output is standard output, which remembers that something could not be written: most commands print results and look at no error of it. Its
// methods are safe for concurrent use if those of its Writer are.
type output struct {
	io.Writer
	err atomic.Pointer[error]
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil {
		o.err.CompareAndSwap(nil, &err)
	}
	return n, err
}

// failed is the first error; nil: all was written.
func (o *output) failed() error {
	if err := o.err.Load(); err != nil {
		return *err
	}
	return nil
}

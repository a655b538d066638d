package record

import (
	"bufio"
	"errors"
	"io"
)

// wholeLines passes on only what ends in a line break. What follows the last line break of a file is a row that was
// being written when the run was killed: it is the one thing that readers forgive.
//
// It can be this simple because every row is one line: the writers turn line breaks inside of text into spaces.
type wholeLines struct {
	r    *bufio.Reader
	line []byte
	long []byte // a line that is longer than r's buffer
}

func newWholeLines(r io.Reader) *wholeLines {
	return &wholeLines{r: bufio.NewReaderSize(r, 64<<10)}
}

// next returns the next line with its line break, or io.EOF. The line is good until the next call.
func (w *wholeLines) next() ([]byte, error) {
	line, err := w.r.ReadSlice('\n')
	for w.long = w.long[:0]; errors.Is(err, bufio.ErrBufferFull); {
		w.long = append(w.long, line...)
		line, err = w.r.ReadSlice('\n')
	}
	if err != nil {
		return nil, err // a torn line goes with io.EOF
	}
	if len(w.long) > 0 {
		w.long = append(w.long, line...)
		return w.long, nil
	}
	return line, nil
}

// Read implements io.Reader.
func (w *wholeLines) Read(p []byte) (n int, err error) {
	if len(w.line) == 0 {
		if w.line, err = w.next(); err != nil {
			return 0, err
		}
	}
	n = copy(p, w.line)
	w.line = w.line[n:]
	return n, nil
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

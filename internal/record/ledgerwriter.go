package record

import (
	"bufio"
	"fmt"
	"io"
	"sync"
)

// LedgerWriter writes rows as they come, one JSON line each. It is safe for concurrent use. Rows are buffered: call Flush
// from time to time, and at the end.
type LedgerWriter struct {
	mu   sync.Mutex
	w    *bufio.Writer
	line []byte
	lost int64
	err  error
}

// NewLedgerWriter returns a writer to w, which it does not close.
func NewLedgerWriter(w io.Writer) *LedgerWriter {
	return &LedgerWriter{w: bufio.NewWriterSize(w, 64<<10)}
}

// Write appends a row. Whoever serves requests has no use for an error here, so Flush reports it: rows that come after
// one are counted and dropped.
func (l *LedgerWriter) Write(row *LedgerRow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		l.lost++
		return
	}
	l.line = row.Append(l.line[:0])
	if _, err := l.w.Write(l.line); err != nil {
		l.err = err
		l.lost++
	}
}

// Flush hands everything on. After an error nothing more is written, and every call returns it with the number of rows
// lost, of which the error itself may have cost more.
func (l *LedgerWriter) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = l.w.Flush()
	}
	if l.err != nil {
		return fmt.Errorf("writing the ledger (%d rows and more are lost): %w", l.lost, l.err)
	}
	return nil
}

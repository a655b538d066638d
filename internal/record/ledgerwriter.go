package record

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// LedgerWriter writes rows as they come, one JSON line each. It is safe for concurrent use. Rows are kept in memory until
// Flush, so that whoever serves requests does not wait for a disk: run Keep, or call Flush often.
type LedgerWriter struct {
	w io.Writer

	mu    sync.Mutex // guards what Write uses
	lines []byte
	lost  int64
	bad   bool // writing has failed

	writing sync.Mutex // held by Flush
	spare   []byte
	err     error
}

// NewLedgerWriter returns a writer to w, which it does not close.
func NewLedgerWriter(w io.Writer) *LedgerWriter { return &LedgerWriter{w: w} }

// mostLines bounds the memory of rows that wait to be written: beyond it Write flushes.
const mostLines = 8 << 20

// Write appends a row. Whoever serves requests has no use for an error here, so Flush reports it: rows that come after
// one are counted and dropped.
func (l *LedgerWriter) Write(row *LedgerRow) {
	l.mu.Lock()
	if l.bad {
		l.lost++
		l.mu.Unlock()
		return
	}
	l.lines = row.Append(l.lines)
	full := len(l.lines) > mostLines
	l.mu.Unlock()
	if full {
		_ = l.Flush() // the error stays
	}
}

// Flush hands everything on. After an error nothing more is written, and every call returns it with the number of rows
// lost since; the error itself may have cost more.
func (l *LedgerWriter) Flush() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	lines := l.lines
	l.lines = l.spare[:0]
	l.mu.Unlock()
	if l.err == nil && len(lines) > 0 {
		_, l.err = l.w.Write(lines)
	}
	l.spare = lines
	if l.err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bad = true
	return fmt.Errorf("writing the ledger (%d rows and more are lost): %w", l.lost, l.err)
}

// flushEvery is how old a row may get in memory.
const flushEvery = 100 * time.Millisecond

// Keep flushes now and then until ctx is done, and once more then. It returns the first error at the end; failed, if not
// nil, is called with it when it happens.
func (l *LedgerWriter) Keep(ctx context.Context, failed func(error)) error {
	t := time.NewTicker(flushEvery)
	defer t.Stop()
	var first error
	for {
		err := l.Flush()
		if err != nil && first == nil {
			first = err
			if failed != nil {
				failed(err)
			}
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			if err := l.Flush(); err != nil {
				return err
			}
			return first
		}
	}
}

package control

import (
	"sync"

	"github.com/ratebench/ratebench/internal/record"
)

// Feed keeps the last rows of a ledger, and passes those to come to whoever follows.
type Feed struct {
	mu        sync.Mutex
	last      [][]byte // encoded; a ring
	next      int
	followers map[chan []byte]bool
}

// NewFeed makes an empty feed.
func NewFeed() *Feed { return &Feed{followers: map[chan []byte]bool{}} }

const (
	keptRows   = 1000
	behindRows = 1000 // a follower may be behind
)

// Add takes a row that is complete.
func (f *Feed) Add(row *record.LedgerRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.last) < keptRows {
		f.last = append(f.last, row.Append(nil))
		f.next = len(f.last) % keptRows
	} else {
		f.last[f.next] = row.Append(f.last[f.next][:0])
		f.next = (f.next + 1) % keptRows
	}
	if len(f.followers) == 0 {
		return
	}
	line := row.Append(nil) // the ring is written over while a follower holds it
	for c := range f.followers {
		select {
		case c <- line:
		default: // too slow: it is cut off, which it sees
			delete(f.followers, c)
			close(c)
		}
	}
}

// Last returns the rows that are kept, oldest first.
func (f *Feed) Last() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lines()
}

func (f *Feed) lines() (out []byte) {
	start := 0
	if len(f.last) == keptRows {
		start = f.next
	}
	for i := range f.last {
		out = append(out, f.last[(start+i)%len(f.last)]...)
	}
	return out
}

// Follow returns the rows that are kept and a channel of those to come, which is closed if its reader is too slow. leave
// ends it.
func (f *Feed) Follow() (kept []byte, rows <-chan []byte, leave func()) {
	c := make(chan []byte, behindRows)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers[c] = true
	return f.lines(), c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.followers, c)
	}
}

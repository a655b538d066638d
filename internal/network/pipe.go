package network

import (
	"cmp"
	"os"
	"sync"
	"time"
)

// parcel is bytes on their way; those before off have been read. due is when they arrive.
type parcel struct {
	data []byte
	off  int
	due  time.Time
}

// pipe carries bytes one way and delivers them a latency after they were written.
type pipe struct {
	latency  time.Duration
	window   int      // bytes on their way before a writer waits, as TCP's send window
	exact    bool     // wait as exactly as the system can
	deadline deadline // of the end that the client holds

	mu      sync.Mutex
	parcels []parcel
	size    int
	err     error         // closed: reads and writes fail at once
	endErr  error         // ended: writes fail at once, reads once everything is delivered
	changed chan struct{} // closed and replaced whenever something above changes
	spare   [][]byte
}

func newPipe(latency time.Duration, window int) *pipe {
	return &pipe{latency: latency, window: window, changed: make(chan struct{})}
}

// wake tells everybody who waits to look again; the caller holds mu.
func (p *pipe) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *pipe) close(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
		p.wake()
	}
}

func (p *pipe) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.endErr == nil {
		p.endErr = err
		p.wake()
	}
}

func (p *pipe) closed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err != nil
}

// write copies b onto the pipe; it waits while the window is full.
func (p *pipe) write(b []byte, expired <-chan struct{}) (n int, err error) {
	for len(b) > 0 {
		p.mu.Lock()
		if err := cmp.Or(p.err, p.endErr); err != nil {
			p.mu.Unlock()
			return n, err
		}
		if gone(expired) {
			p.mu.Unlock()
			return n, os.ErrDeadlineExceeded
		}
		if room := p.window - p.size; room > 0 {
			k := min(len(b), room, chunk)
			p.parcels = append(p.parcels, parcel{data: append(p.buffer(), b[:k]...), due: time.Now().Add(p.latency)})
			p.size += k
			n += k
			b = b[k:]
			p.wake()
			p.mu.Unlock()
			continue
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-expired:
		}
	}
	return n, nil
}

// buffer returns an empty buffer, used before if there is one; the caller holds mu.
func (p *pipe) buffer() []byte {
	if n := len(p.spare); n > 0 {
		b := p.spare[n-1]
		p.spare = p.spare[:n-1]
		return b[:0]
	}
	return make([]byte, 0, chunk)
}

// read takes bytes that have arrived; it waits until there are some.
func (p *pipe) read(b []byte, expired <-chan struct{}) (int, error) {
	for {
		p.mu.Lock()
		if p.err != nil {
			defer p.mu.Unlock()
			return 0, p.err
		}
		if gone(expired) {
			p.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		var early time.Duration
		if len(p.parcels) > 0 {
			if early = time.Until(p.parcels[0].due); early <= 0 {
				n := p.take(b)
				p.mu.Unlock()
				return n, nil
			}
		} else if p.endErr != nil {
			defer p.mu.Unlock()
			return 0, p.endErr
		}
		changed := p.changed
		p.mu.Unlock()
		p.wait(early, changed, expired)
	}
}

// take moves bytes of the first parcel into b; the caller holds mu.
func (p *pipe) take(b []byte) int {
	first := &p.parcels[0]
	n := copy(b, first.data[first.off:])
	p.size -= n
	if first.off += n; first.off == len(first.data) {
		if len(p.spare) < 4 {
			p.spare = append(p.spare, first.data)
		}
		p.parcels = p.parcels[1:]
	}
	p.wake()
	return n
}

// wait returns when the first parcel is due (early from now), something changed, or the deadline expired.
func (p *pipe) wait(early time.Duration, changed, expired <-chan struct{}) {
	if early <= 0 {
		select {
		case <-changed:
		case <-expired:
		}
		return
	}
	if p.exact {
		if early <= late {
			nap(early)
			return
		}
		early -= late
	}
	t := time.NewTimer(early)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-expired:
	}
}

func gone(expired <-chan struct{}) bool {
	select {
	case <-expired:
		return true
	default:
		return false
	}
}

// deadline is a channel that closes at a time that can be moved. The zero value never expires.
type deadline struct {
	mu    sync.Mutex
	timer *time.Timer
	ch    chan struct{}
}

func (d *deadline) expired() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ch == nil {
		d.ch = make(chan struct{})
	}
	return d.ch
}

// set moves the deadline. The zero time means none. A reader or writer that waits already keeps waiting on the old
// channel if that had not expired, so the channel is kept until it has.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if d.ch == nil || gone(d.ch) {
		d.ch = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		close(d.ch)
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(left, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.timer == timer { // else it was moved meanwhile
			close(d.ch)
			d.timer = nil
		}
	})
	d.timer = timer
}

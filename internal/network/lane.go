package network

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// kernelBuffers is what the system takes in of a connection that nobody reads: 4 MiB on Linux's loopback interface, where
// the send buffer grows up to net.ipv4.tcp_wmem.
const kernelBuffers = 4 << 20

// lane is one direction of a connection in memory. Bytes that are written wait for the wire, fly for a latency, and lie
// there until they are read.
type lane struct {
	latency time.Duration
	wire    *wire // nil: unlimited
	send    int   // bytes that may wait for the wire before a writer waits
	receive int   // bytes that may be sent and not read before the wire waits

	mu         sync.Mutex
	queued     line // wait for the wire
	joined     bool // the wire has the lane among those it draws from, or is sending its first segment
	flying     line // sent; those whose time has come can be read
	closing    bool // an end follows the queued segments
	end        error
	endDue     time.Time // when end is reached; zero: never
	hungUp     time.Time // when the writer learns that nobody reads any more; zero: never
	hungErr    error     // what it is told then
	deaf       bool      // the reader has closed
	closed     bool      // the writer has closed
	stand      stand
	rd, wr     waiter
	rLine, wLn sync.Mutex // readers and writers one after another
}

// segment is bytes on their way; those before off have been read.
type segment struct {
	data  []byte
	off   int
	model int       // bytes that it stands for, and that the network charges
	due   time.Time // when it arrives
	buf   *[]byte   // to be given back with the segment; nil: none
}

// line is segments in order.
type line struct {
	segments []segment
	first    int
	size     int // model bytes of all
}

func (q *line) empty() bool    { return q.first == len(q.segments) }
func (q *line) head() *segment { return &q.segments[q.first] }

func (q *line) push(p segment) {
	if q.first > 64 && 2*q.first > len(q.segments) {
		n := copy(q.segments, q.segments[q.first:])
		clear(q.segments[n:])
		q.segments, q.first = q.segments[:n], 0
	}
	q.segments = append(q.segments, p)
	q.size += p.model
}

func (q *line) pop() segment {
	p := q.segments[q.first]
	q.segments[q.first] = segment{}
	q.first++
	q.size -= p.model
	if q.empty() {
		q.segments, q.first = q.segments[:0], 0
	}
	return p
}

func newLane(latency time.Duration, w *wire, send, receive int) *lane {
	return &lane{latency: latency, wire: w, send: send, receive: receive}
}

// buffers holds chunks that have been read.
var buffers = sync.Pool{New: func() any { b := make([]byte, chunk); return &b }}

// small is what is not worth a buffer of its own.
const small = 4 << 10

// room waits until something can be written, and returns how many bytes of b, or of a body if that is nil. The caller
// holds wLn.
func (l *lane) room(b []byte) (n int, err error) {
	for {
		l.mu.Lock()
		l.wr.waiting = false
		now := time.Now()
		switch {
		case l.closed || l.closing:
			l.mu.Unlock()
			return 0, net.ErrClosed
		case !l.hungUp.IsZero() && !now.Before(l.hungUp):
			defer l.mu.Unlock()
			return 0, l.hungErr
		case l.wr.expired(now):
			l.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		room := l.send - l.queued.size
		if l.wire == nil {
			room = l.send + l.receive - l.flying.size
		}
		if room > 0 {
			if b == nil {
				n = l.stand.room(min(room, l.stand.segment()))
			} else {
				n = l.stand.fit(b, min(room, l.stand.segment()))
			}
			l.mu.Unlock()
			return n, nil
		}
		l.wr.arm(now, l.hungUp)
		l.mu.Unlock()
		l.wr.wait()
	}
}

// put sends bytes that room has allowed, unless the lane was closed meanwhile. They belong to the lane from now on, as does
// buf.
func (l *lane) put(b []byte, buf *[]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.closing {
		return net.ErrClosed
	}
	p := segment{data: b, model: l.stand.charge(b), buf: buf}
	if l.wire == nil {
		l.fly(p)
		return nil
	}
	l.queued.push(p)
	if !l.joined {
		l.joined = true
		l.wire.join(l)
	}
	return nil
}

// fly lets a segment arrive after the latency; the caller holds mu.
func (l *lane) fly(p segment) {
	p.due = time.Now().Add(l.latency)
	if l.deaf {
		l.hangUp(p.due.Add(l.latency), syscall.EPIPE) // a RST comes back
		return
	}
	l.flying.push(p)
	l.rd.rouse(p.due)
}

// hangUp lets the writer know at a time; the caller holds mu.
func (l *lane) hangUp(at time.Time, err error) {
	if l.hungUp.IsZero() || !at.After(l.hungUp) { // of two at once the later: a RST says more than silence
		l.hungUp, l.hungErr = at, os.NewSyscallError("write", err)
		l.wr.rouse(at)
	}
}

// offer tells the wire how much the next segment charges. If there is none that could be sent, the lane leaves the wire.
func (l *lane) offer() (size int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.hungUp.IsZero() && !time.Now().Before(l.hungUp) {
		l.queued = line{} // the sender's system knows that nobody takes it
	}
	if l.queued.empty() || l.flying.size >= l.receive {
		l.joined = false
		return 0, false
	}
	return l.queued.head().model, true
}

// sent says that the segment that was offered is through, and returns whether there may be more.
func (l *lane) sent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.queued.empty() { // else the connection was reset meanwhile
		l.fly(l.queued.pop())
		l.wr.poke()
	}
	if l.queued.empty() {
		l.joined = false
		l.finish()
		return false
	}
	return true
}

// finish sends the end after everything else; the caller holds mu.
func (l *lane) finish() {
	if l.closing && l.endDue.IsZero() && l.queued.empty() {
		l.end, l.endDue = io.EOF, time.Now().Add(l.latency)
		l.rd.rouse(l.endDue)
	}
}

// read takes bytes that have arrived.
func (l *lane) read(b []byte) (int, error) {
	l.rLine.Lock()
	defer l.rLine.Unlock()
	for {
		l.mu.Lock()
		l.rd.waiting = false
		now := time.Now()
		switch {
		case l.deaf:
			l.mu.Unlock()
			return 0, net.ErrClosed
		case l.rd.expired(now):
			l.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		n := l.take(b, now)
		if n > 0 || len(b) == 0 {
			l.mu.Unlock()
			return n, nil
		}
		var next time.Time
		if !l.flying.empty() {
			next = l.flying.head().due
		} else if !l.endDue.IsZero() {
			if next = l.endDue; !now.Before(next) {
				defer l.mu.Unlock()
				return 0, l.end
			}
		}
		l.rd.arm(now, next)
		l.mu.Unlock()
		l.rd.wait()
	}
}

// take moves what has arrived into b; the caller holds mu.
func (l *lane) take(b []byte, now time.Time) (n int) {
	for n < len(b) && !l.flying.empty() {
		p := l.flying.head()
		if p.due.After(now) {
			break
		}
		k := copy(b[n:], p.data[p.off:])
		n += k
		if p.off += k; p.off == len(p.data) {
			if done := l.flying.pop(); done.buf != nil {
				buffers.Put(done.buf)
			}
		}
	}
	if n == 0 {
		return 0
	}
	if l.wire == nil {
		l.wr.poke()
	} else if !l.joined && !l.queued.empty() {
		l.joined = true
		l.wire.join(l)
	}
	return n
}

// closeWrite ends the lane after what was written.
func (l *lane) closeWrite() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closing {
		l.closing = true
		l.finish()
	}
	l.wr.poke()
}

// closeRead stops listening. It reports whether something had arrived that nobody has read.
func (l *lane) closeRead() (unread bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf {
		return false
	}
	now := time.Now()
	l.deaf = true
	if !l.flying.empty() {
		p := l.flying.head()
		unread = !p.due.After(now)
		l.hangUp(later(now, p.due).Add(l.latency), syscall.EPIPE)
	}
	l.flying = line{}
	l.rd.poke()
	return unread
}

// reset drops what waits for the wire; a RST follows what is flying.
func (l *lane) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queued = line{}
	l.closed = true
	due := time.Now().Add(l.latency)
	if l.endDue.IsZero() || due.Before(l.endDue) {
		l.end, l.endDue = os.NewSyscallError("read", syscall.ECONNRESET), due
		l.rd.rouse(due)
	}
	l.wr.poke()
}

// refuse is the other half of a reset: the writer learns after a latency that nobody reads.
func (l *lane) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaf = true
	l.flying = line{}
	l.hangUp(time.Now().Add(l.latency), syscall.ECONNRESET)
	l.rd.poke()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// waiter is one goroutine that waits for a time or for something to happen. All but wait is called with the lane's mu
// held.
type waiter struct {
	deadline time.Time
	at       time.Time // what the timer is set to; zero: not set
	waiting  bool
	timer    *time.Timer
	ctl      chan struct{}
}

func (w *waiter) expired(now time.Time) bool {
	return !w.deadline.IsZero() && !now.Before(w.deadline)
}

// arm gets ready to wait until a time (zero: for ever), or the deadline if that is sooner.
func (w *waiter) arm(now, until time.Time) {
	if w.ctl == nil {
		w.ctl = make(chan struct{}, 1)
		w.timer = time.NewTimer(time.Hour)
		w.timer.Stop()
	}
	select {
	case <-w.ctl: // told before; the caller has just looked
	default:
	}
	if !w.deadline.IsZero() && (until.IsZero() || w.deadline.Before(until)) {
		until = w.deadline
	}
	w.at, w.waiting = until, true
	if until.IsZero() {
		w.timer.Stop()
	} else {
		w.timer.Reset(until.Sub(now))
	}
}

func (w *waiter) wait() {
	select {
	case <-w.timer.C:
	case <-w.ctl:
	}
}

// rouse wakes the goroutine at a time, if it waits for a later one.
func (w *waiter) rouse(at time.Time) {
	if w.waiting && (w.at.IsZero() || at.Before(w.at)) {
		w.at = at
		w.timer.Reset(time.Until(at))
	}
}

// poke wakes the goroutine now.
func (w *waiter) poke() {
	if w.waiting {
		w.waiting = false
		select {
		case w.ctl <- struct{}{}:
		default:
		}
	}
}

package faultserver

import (
	"io"
	"net"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
)

// conn counts what was read, to tell a connection that died idle from one that died with a request begun, and carries out
// what faults of connections have decided.
type conn struct {
	net.Conn
	srv     *Server
	ordinal int
	host    string // of the client
	fate    faults.Fate
	fated   bool
	closing chan struct{} // closed by Close

	// The handshake's fault, if any; its rule is nil otherwise.
	handshake     *rule
	handshakeKind string
	handshakeFor  time.Duration

	mu       sync.Mutex
	read     int64 // bytes
	mark     int64 // read when the last request ended
	busy     int   // handlers that run; over HTTP/2 there may be several
	leftover bool  // the last request's body was not read to its end: what comes next may belong to it
	tls      bool  // what is read is not HTTP
	closed   bool
	last     bool          // to be closed when the answer under way is out
	requests int           // begun
	ended    time.Time     // the last of them
	idle     time.Duration // before the last of them began
	frames   *frames       // of HTTP/2, else nil
}

// Ordinal implements faults.Conn.
func (c *conn) Ordinal() int { return c.ordinal }

// Requests implements faults.Conn.
func (c *conn) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// Idle implements faults.Conn.
func (c *conn) Idle() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.idle
}

// CloseWhenIdle implements faults.Conn.
func (c *conn) CloseWhenIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = true
}

// GoAway implements faults.Conn.
func (c *conn) GoAway(code uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames != nil {
		c.frames.expect(frameGoAway, code)
	}
}

// ResetStream implements faults.Conn.
func (c *conn) ResetStream(code uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames != nil {
		c.frames.expect(frameRSTStream, code)
	}
}

func (c *conn) Read(p []byte) (int, error) {
	if c.fated {
		return c.readFated(p)
	}
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.read += int64(n)
	c.mu.Unlock()
	return n, err
}

// readFated reads what a fault lets be read, then holds and ends the connection.
func (c *conn) readFated(p []byte) (int, error) {
	c.mu.Lock()
	left := c.fate.Bytes - c.read
	c.mu.Unlock()
	if left > 0 {
		n, err := c.Conn.Read(p[:min(int64(len(p)), left)])
		c.mu.Lock()
		c.read += int64(n)
		c.mu.Unlock()
		return n, err
	}
	if c.fate.Hold > 0 {
		t := time.NewTimer(c.fate.Hold)
		defer t.Stop()
		select {
		case <-t.C:
		case <-c.closing:
		case <-c.srv.stopped:
		}
	}
	if c.fate.RST {
		_ = c.reset()
	} else {
		c.finish()
	}
	return 0, io.EOF
}

// lingerFor bounds how long a client is given to notice that a connection has ended.
const lingerFor = time.Second

// finish ends the connection in order: a FIN, then what the client is still sending is taken in until it notices. A
// connection that is closed with something unread would be reset.
func (c *conn) finish() {
	c.leave() // before the client can know
	c.closeWrite()
	_ = c.Conn.SetReadDeadline(time.Now().Add(lingerFor))
	_, _ = io.Copy(io.Discard, c.Conn)
	_ = c.Close()
}

// SetReadDeadline closes a connection that is to end when it is idle: that is when net/http's server sets the deadline
// anew, after the answer is out.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	over := c.last && c.busy == 0
	c.mu.Unlock()
	if over {
		_ = c.Close()
		return net.ErrClosed
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *conn) begin(now time.Time) {
	c.mu.Lock()
	c.busy++
	c.requests++
	c.idle = 0
	if !c.ended.IsZero() && c.busy == 1 {
		c.idle = now.Sub(c.ended)
	}
	c.mu.Unlock()
}

func (c *conn) end(bodyRead bool) {
	c.mu.Lock()
	c.busy--
	c.mark, c.leftover, c.ended = c.read, !bodyRead, time.Now()
	c.mu.Unlock()
}

// Close closes the connection, once.
func (c *conn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// leave takes the connection off the server's list, and a request that was cut into the ledger.
func (c *conn) leave() {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	cut := first && c.busy == 0 && !c.leftover && !c.tls && c.read > c.mark
	c.mu.Unlock()
	if first {
		close(c.closing)
		c.srv.forget(c, cut)
	}
}

// forget drops a closed connection, and writes it into the ledger if a request was cut.
func (s *Server) forget(c *conn, cut bool) {
	peer := c.RemoteAddr().String()
	s.mu.Lock()
	if s.conns[peer] == c {
		delete(s.conns, peer)
	}
	s.mu.Unlock()
	if cut {
		s.add(record.LedgerRow{Kind: record.LedgerConnection, TS: s.sinceStart(time.Now()).Seconds(), Connection: c.ordinal, Peer: peer})
	}
}

// lingerer is a connection that can be closed with a RST.
type lingerer interface{ SetLinger(seconds int) error }

// reset closes the connection with a RST where the transport knows one.
func (c *conn) reset() error {
	if l, ok := c.Conn.(lingerer); ok {
		_ = l.SetLinger(0) // a connection that is gone already needs no RST
	}
	return c.Close()
}

// closeWrite ends this side with a FIN where the transport can.
func (c *conn) closeWrite() {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite() // the peer may be gone already
	}
}

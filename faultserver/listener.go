package faultserver

import (
	"net"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// Listener wraps a listener, so that the ledger knows connections by ordinal and records those that die before the
// headers of a request were complete. A handler of the same server behind another listener works too, but its rows have
// no connection ordinals.
func (s *Server) Listener(l net.Listener) net.Listener { return &listener{l, s} }

type listener struct {
	net.Listener
	srv *Server
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.srv.newConn(c), nil
}

// conn counts what was read, to tell a connection that died idle from one that died with a request begun.
type conn struct {
	net.Conn
	srv     *Server
	ordinal int

	mu       sync.Mutex
	read     int64 // bytes
	mark     int64 // read when the last request ended
	busy     bool  // a handler runs
	leftover bool  // the last request's body was not read to its end: what comes next may belong to it
	closed   bool
	requests int           // begun
	ended    time.Time     // the last of them
	idle     time.Duration // before the last of them began
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

func (s *Server) newConn(c net.Conn) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted++
	k := &conn{Conn: c, srv: s, ordinal: s.accepted}
	s.conns[c.RemoteAddr().String()] = k
	return k
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.read += int64(n)
	c.mu.Unlock()
	return n, err
}

func (c *conn) begin(now time.Time) {
	c.mu.Lock()
	c.busy = true
	c.requests++
	c.idle = 0
	if !c.ended.IsZero() {
		c.idle = now.Sub(c.ended)
	}
	c.mu.Unlock()
}

func (c *conn) end(bodyRead bool) {
	c.mu.Lock()
	c.busy, c.mark, c.leftover, c.ended = false, c.read, !bodyRead, time.Now()
	c.mu.Unlock()
}

func (c *conn) Close() error {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	cut := first && !c.busy && !c.leftover && c.read > c.mark
	c.mu.Unlock()
	if first {
		c.srv.forget(c, cut)
	}
	return c.Conn.Close()
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

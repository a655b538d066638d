package network

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// memConn is one end of a connection in memory. It behaves as a *net.TCPConn on the loopback interface does, SetLinger
// and CloseWrite included.
type memConn struct {
	in, out       *lane
	local, remote *net.TCPAddr
	link          *memLink // on the client's side, else nil

	mu     sync.Mutex
	closed bool
	rst    bool // Close sends a RST, whatever has been read
}

var _ io.ReaderFrom = (*memConn)(nil)

// Read implements net.Conn.
func (c *memConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.named("read", err)
}

// Write implements net.Conn. It returns when the connection's buffers have taken everything.
func (c *memConn) Write(p []byte) (n int, err error) {
	c.out.wLn.Lock()
	defer c.out.wLn.Unlock()
	if p == nil {
		p = []byte{} // room takes nil for something else
	}
	for first := true; first || n < len(p); first = false {
		k, err := c.out.room(p[n:])
		if err != nil {
			return n, c.named("write", err)
		}
		if k == 0 {
			break
		}
		if k <= small {
			err = c.out.put(append(make([]byte, 0, k), p[n:n+k]...), nil)
		} else {
			buf := buffers.Get().(*[]byte)
			err = c.out.put((*buf)[:copy(*buf, p[n:n+k])], buf)
		}
		if err != nil {
			return n, c.named("write", err)
		}
		n += k
	}
	return n, nil
}

// ReadFrom implements io.ReaderFrom: bytes go from the reader into the connection's buffers without a stop between.
func (c *memConn) ReadFrom(r io.Reader) (n int64, err error) {
	c.out.wLn.Lock()
	defer c.out.wLn.Unlock()
	for {
		room, err := c.out.room(nil)
		if err != nil {
			return n, c.named("write", err)
		}
		buf := buffers.Get().(*[]byte)
		k, err := r.Read((*buf)[:min(room, chunk)])
		if k > 0 {
			if err := c.out.put((*buf)[:k], buf); err != nil {
				return n, c.named("write", err)
			}
			n += int64(k)
		} else {
			buffers.Put(buf)
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// Close implements net.Conn. What was written still arrives, unless the other end has sent something that nobody has
// read: then it gets a RST, as from Linux.
func (c *memConn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return c.named("close", net.ErrClosed)
	}
	c.closed = true
	rst := c.rst
	c.mu.Unlock()
	if c.link != nil {
		c.link.forget(c)
	}
	if c.in.closeRead() || rst {
		c.in.refuse()
		c.out.reset()
	} else {
		c.out.closeWrite()
	}
	return nil
}

// abort closes with a RST.
func (c *memConn) abort() error {
	_ = c.SetLinger(0)
	return c.Close()
}

// CloseWrite ends this direction with a FIN and leaves the other open.
func (c *memConn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.named("close", net.ErrClosed)
	}
	c.out.closeWrite()
	return nil
}

// SetLinger with 0 lets Close send a RST; any other value is Close's usual way.
func (c *memConn) SetLinger(seconds int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.named("set", net.ErrClosed)
	}
	c.rst = seconds == 0
	return nil
}

// LocalAddr implements net.Conn.
func (c *memConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *memConn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *memConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *memConn) SetReadDeadline(t time.Time) error { return c.setDeadline(c.in, &c.in.rd, t) }

// SetWriteDeadline implements net.Conn.
func (c *memConn) SetWriteDeadline(t time.Time) error { return c.setDeadline(c.out, &c.out.wr, t) }

func (c *memConn) setDeadline(l *lane, w *waiter, t time.Time) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return c.named("set", net.ErrClosed)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w.deadline = t
	w.poke()
	return nil
}

// named puts the addresses around an error, as package net does.
func (c *memConn) named(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

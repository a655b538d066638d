package network

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// packetBuffer is how many bytes of datagrams wait to be read before further ones are lost: Linux's
// net.core.rmem_default.
const packetBuffer = 212992

// maxPacket is the largest payload of a UDP datagram over IPv4.
const maxPacket = 65507

// errTooLong is what a socket says of a datagram that is too large.
var errTooLong error = os.NewSyscallError("sendto", syscall.EMSGSIZE)

// packetConn is a socket for datagrams in memory. They take LeastLatency, and are lost where nobody listens or the
// receiver's buffer is full, as UDP's are.
type packetConn struct {
	net  *Memory
	addr *net.UDPAddr

	mu     sync.Mutex
	queue  []datagram
	size   int
	closed bool
	rd     waiter
	reader sync.Mutex // readers one after another
}

type datagram struct {
	data []byte
	from net.Addr
	due  time.Time
}

// ListenPacket opens a socket for datagrams on a port of its own.
func (m *Memory) ListenPacket() (net.PacketConn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.address()
	c := &packetConn{net: m, addr: &net.UDPAddr{IP: a.IP, Port: a.Port}}
	if m.packets == nil {
		m.packets = map[string]*packetConn{}
	}
	m.packets[c.addr.String()] = c
	return c, nil
}

// WriteTo implements net.PacketConn. It never waits.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	fail := func(err error) (int, error) {
		return 0, &net.OpError{Op: "write", Net: "udp", Source: c.addr, Addr: to, Err: err}
	}
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	switch {
	case closed:
		return fail(net.ErrClosed)
	case len(p) > maxPacket:
		return fail(errTooLong)
	}
	c.net.mu.Lock()
	other := c.net.packets[to.String()]
	c.net.mu.Unlock()
	if other == nil {
		return len(p), nil // lost
	}
	other.mu.Lock()
	defer other.mu.Unlock()
	if other.closed || other.size+len(p) > packetBuffer {
		return len(p), nil // lost
	}
	d := datagram{append([]byte(nil), p...), c.addr, time.Now().Add(LeastLatency)}
	other.queue = append(other.queue, d)
	other.size += len(p)
	other.rd.rouse(d.due)
	return len(p), nil
}

// ReadFrom implements net.PacketConn. What does not fit into p is lost.
func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	fail := func(err error) (int, net.Addr, error) {
		return 0, nil, &net.OpError{Op: "read", Net: "udp", Source: c.addr, Err: err}
	}
	c.reader.Lock()
	defer c.reader.Unlock()
	for {
		c.mu.Lock()
		c.rd.waiting = false
		now := time.Now()
		switch {
		case c.closed:
			c.mu.Unlock()
			return fail(net.ErrClosed)
		case c.rd.expired(now):
			c.mu.Unlock()
			return fail(os.ErrDeadlineExceeded)
		}
		var next time.Time
		if len(c.queue) > 0 {
			d := c.queue[0]
			if !d.due.After(now) {
				c.queue = c.queue[1:]
				c.size -= len(d.data)
				c.mu.Unlock()
				return copy(p, d.data), d.from, nil
			}
			next = d.due
		}
		c.rd.arm(now, next)
		c.mu.Unlock()
		c.rd.wait()
	}
}

// Close implements net.PacketConn.
func (c *packetConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return &net.OpError{Op: "close", Net: "udp", Addr: c.addr, Err: net.ErrClosed}
	}
	c.closed = true
	c.rd.poke()
	c.net.mu.Lock()
	delete(c.net.packets, c.addr.String())
	c.net.mu.Unlock()
	return nil
}

// LocalAddr implements net.PacketConn.
func (c *packetConn) LocalAddr() net.Addr { return c.addr }

// SetDeadline implements net.PacketConn. Writing never waits, so it has no deadline.
func (c *packetConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (c *packetConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return &net.OpError{Op: "set", Net: "udp", Addr: c.addr, Err: net.ErrClosed}
	}
	c.rd.deadline = t
	c.rd.poke()
	return nil
}

// SetWriteDeadline implements net.PacketConn.
func (c *packetConn) SetWriteDeadline(time.Time) error { return nil }

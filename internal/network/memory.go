package network

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// LeastLatency is the one-way delay of the fastest link in memory: every round trip costs at least 100 µs. Without it, a
// client that tries again at once would keep virtual time from moving.
const LeastLatency = 50 * time.Microsecond

// backlog is how many connections wait for an Accept before further ones are not answered, as Linux has it.
const backlog = 4096

// firstRetry is when a client asks again that got no answer to its SYN; the wait doubles from then on (RFC 6298).
const firstRetry = time.Second

// Memory is a network within the process, for virtual time: nothing in it waits for the system. Connections behave as TCP
// on the loopback interface does, buffers and errors included. The zero value is ready; its methods are safe for
// concurrent use.
type Memory struct {
	// Seed decides in which order connections that share a bandwidth are served.
	Seed uint64

	mu        sync.Mutex
	listeners map[string]*memListener
	packets   map[string]*packetConn
	ports     int
	wires     uint64
}

// address gives out addresses; ports beyond 65535 harm nobody here.
func (m *Memory) address() *net.TCPAddr {
	m.ports++
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1023 + m.ports}
}

// Listen implements Network. The listener has a method Shut(bool), by which the port refuses connections for a while.
func (m *Memory) Listen() (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := &memListener{net: m, addr: m.address(), backlog: make(chan *memConn, backlog), closed: make(chan struct{})}
	if m.listeners == nil {
		m.listeners = map[string]*memListener{}
	}
	m.listeners[l.addr.String()] = l
	return l, nil
}

// Link implements Network.
func (m *Memory) Link(latency time.Duration, bandwidth int64) Dialer {
	l := &memLink{net: m, latency: max(latency, LeastLatency), window: sendWindow(latency, bandwidth)}
	if bandwidth > 0 {
		l.up, l.down = m.wire(bandwidth), m.wire(bandwidth)
	}
	return l
}

func (m *Memory) wire(bandwidth int64) *wire {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wires++
	return newWire(bandwidth, rand.New(rand.NewPCG(m.Seed, m.wires)))
}

// Dial implements Network.
func (m *Memory) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return m.Link(0, 0).Dial(ctx, network, address)
}

// memLink is a link in memory.
type memLink struct {
	net      *Memory
	latency  time.Duration
	up, down *wire // nil: unlimited
	window   int

	mu     sync.Mutex
	closed bool
	open   map[*memConn]struct{} // on the client's side
}

// Dial connects; the handshake costs a round trip.
func (l *memLink) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	for retry := firstRetry; ; retry *= 2 {
		if err := sleep(ctx, 2*l.latency); err != nil {
			return nil, dialError(network, address, err)
		}
		if l.over() {
			return nil, dialError(network, address, net.ErrClosed)
		}
		l.net.mu.Lock()
		to := l.net.listeners[address]
		if to == nil || to.shut {
			l.net.mu.Unlock()
			return nil, dialError(network, address, os.NewSyscallError("connect", syscall.ECONNREFUSED))
		}
		client, server := l.pair(l.net.address(), to.addr)
		taken := false
		select {
		case to.backlog <- server:
			taken = true
		default: // nobody answers
		}
		l.net.mu.Unlock() // only now can the listener be closed, so it finds what waits for it
		if taken && l.keep(client) {
			return client, nil
		}
		if taken {
			_ = client.abort()
			return nil, dialError(network, address, net.ErrClosed)
		}
		if err := sleep(ctx, retry); err != nil {
			return nil, dialError(network, address, err)
		}
	}
}

// pair makes both ends of a connection.
func (l *memLink) pair(client, server *net.TCPAddr) (c, s *memConn) {
	up := newLane(l.latency, l.up, l.window, kernelBuffers)
	down := newLane(l.latency, l.down, kernelBuffers, l.window)
	c = &memConn{in: down, out: up, local: client, remote: server, link: l}
	s = &memConn{in: up, out: down, local: server, remote: client}
	return c, s
}

// keep notes an open connection; false: the link was closed meanwhile.
func (l *memLink) keep(c *memConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if l.open == nil {
		l.open = map[*memConn]struct{}{}
	}
	l.open[c] = struct{}{}
	return true
}

func (l *memLink) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *memLink) forget(c *memConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// Close implements Dialer.
func (l *memLink) Close() {
	l.mu.Lock()
	l.closed = true
	var open []*memConn
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		_ = c.abort()
	}
}

// memListener is a listener in memory.
type memListener struct {
	net     *Memory
	addr    *net.TCPAddr
	backlog chan *memConn
	once    sync.Once
	closed  chan struct{}
	shut    bool // guarded by net.mu
}

// Accept implements net.Listener.
func (l *memListener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, l.gone()
	default:
	}
	select {
	case c := <-l.backlog:
		return c, nil
	case <-l.closed:
		return nil, l.gone()
	}
}

func (l *memListener) gone() error {
	return &net.OpError{Op: "accept", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
}

// Shut lets the port refuse connections, as if nobody listened, or take them again.
func (l *memListener) Shut(refuse bool) {
	l.net.mu.Lock()
	l.shut = refuse
	l.net.mu.Unlock()
	if refuse {
		l.drain()
	}
}

// drain resets those that nobody has accepted.
func (l *memListener) drain() {
	for {
		select {
		case c := <-l.backlog:
			_ = c.abort()
		default:
			return
		}
	}
}

// Close implements net.Listener.
func (l *memListener) Close() error {
	err := error(&net.OpError{Op: "close", Net: "tcp", Addr: l.addr, Err: net.ErrClosed})
	l.once.Do(func() {
		l.net.mu.Lock()
		delete(l.net.listeners, l.addr.String())
		l.net.mu.Unlock()
		close(l.closed)
		l.drain()
		err = nil
	})
	return err
}

// Addr implements net.Listener.
func (l *memListener) Addr() net.Addr { return l.addr }

func dialError(network, address string, err error) error {
	addr, _ := net.ResolveTCPAddr("tcp", address) // nil if it is none
	if addr == nil {
		return fmt.Errorf("dial %s %s: %w", network, address, err)
	}
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: err}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

package faultserver

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
)

// Listener wraps a listener, so that faults of connections act, and the ledger knows connections by ordinal and records
// those that die before the headers of a request were complete. A handler of the same server behind another listener
// works too, but its rows have no connection ordinals. Closing it ends what it started.
//
// While the port is to be refused, a TCP listener is closed, and opened again on the same address after. One with a method
// Shut(bool) is told instead; others accept and reset meanwhile.
func (s *Server) Listener(l net.Listener) net.Listener {
	d := &door{Listener: l, srv: s, closed: make(chan struct{}), ended: make(chan struct{})}
	d.changed = sync.NewCond(&d.mu)
	go d.keep()
	return d
}

// door is a listener that can be shut for a while.
type door struct {
	net.Listener // the first; its address stays
	srv          *Server
	closed       chan struct{} // by Close
	ended        chan struct{} // by keep

	mu      sync.Mutex
	changed *sync.Cond
	inner   net.Listener // nil while shut; the first until it was shut once
	was     bool         // inner was set by keep
	gone    bool
	shut    bool // and the listener cannot be closed: reset what comes
}

// doorStep is how exactly the door follows the rules.
const doorStep = 5 * time.Millisecond

// keep opens and shuts the door as the rules say. It ends with Close.
func (d *door) keep() {
	defer close(d.ended)
	killed := map[string]time.Duration{} // windows in which connections were reset, by rule
	var tick <-chan time.Time
	for {
		changed := d.srv.rulesChanged()
		shut, any := d.srv.refusing(time.Now(), killed)
		d.set(shut)
		tick = nil
		var timer *time.Timer
		if any {
			timer = time.NewTimer(doorStep)
			tick = timer.C
		}
		select {
		case <-tick:
		case <-changed:
		case <-d.closed:
		}
		if timer != nil {
			timer.Stop()
		}
		select {
		case <-d.closed:
			return
		default:
		}
	}
}

// set opens or shuts the door.
func (d *door) set(shut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if shut == d.shut || d.gone {
		return
	}
	if own, ok := d.Listener.(interface{ Shut(refuse bool) }); ok {
		own.Shut(shut)
	} else if _, tcp := d.Listener.(*net.TCPListener); tcp {
		if shut {
			_ = d.current().Close() // it is opened again, whatever this says
			d.inner, d.was = nil, true
		} else {
			l, err := net.Listen(d.Addr().Network(), d.Addr().String())
			if err != nil {
				return // somebody has the port; the next step tries again
			}
			d.inner = l
		}
	}
	d.shut = shut
	d.changed.Broadcast()
}

// current is the listener that is open; the caller holds d.mu.
func (d *door) current() net.Listener {
	if d.was {
		return d.inner
	}
	return d.Listener
}

func (d *door) Accept() (net.Conn, error) {
	for {
		d.mu.Lock()
		for d.current() == nil && !d.gone {
			d.changed.Wait()
		}
		l, gone := d.current(), d.gone
		d.mu.Unlock()
		if gone {
			return nil, net.ErrClosed
		}
		c, err := l.Accept()
		d.mu.Lock()
		other, shut := d.current() != l, d.shut
		d.mu.Unlock()
		switch {
		case err != nil && other && errors.Is(err, net.ErrClosed):
			continue // shut under us
		case err != nil:
			return nil, err
		}
		k := d.srv.newConn(c)
		if shut || other {
			_ = k.reset() // it came while the door was falling shut
			continue
		}
		return k, nil
	}
}

func (d *door) Close() error {
	d.mu.Lock()
	if d.gone {
		d.mu.Unlock()
		return nil
	}
	d.gone = true
	l := d.current()
	close(d.closed)
	d.changed.Broadcast()
	d.mu.Unlock()
	var err error
	if l != nil {
		err = l.Close()
	}
	<-d.ended
	return err
}

// refusing says whether the port is to be closed now, and whether any rule may ever want that. It resets all connections
// at the beginning of windows that ask for it.
func (s *Server) refusing(now time.Time, killed map[string]time.Duration) (shut, any bool) {
	at := s.sinceStart(now)
	kill := false
	for _, c := range *s.rules.Load() {
		f, ok := c.fault.(faults.Refusing)
		if !ok {
			continue
		}
		any = true
		began, ok := c.began(at)
		if !ok {
			delete(killed, c.Name)
			continue
		}
		d, kills := f.Refuse()
		if d > 0 && at >= began+d {
			continue
		}
		shut = true
		if last, done := killed[c.Name]; !done || last != began {
			killed[c.Name] = began
			kill = kill || kills
			s.add(record.LedgerRow{Kind: record.LedgerFault, TS: at.Seconds(), Rule: c.Name, Fault: c.kind.Name})
		}
	}
	if kill {
		s.mu.Lock()
		open := make([]*conn, 0, len(s.conns))
		for _, c := range s.conns {
			open = append(open, c)
		}
		s.mu.Unlock()
		for _, c := range open {
			_ = c.reset()
		}
	}
	return shut, any
}

// newConn takes a connection up, and lets the faults of connections decide on it.
func (s *Server) newConn(c net.Conn) *conn {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		host = c.RemoteAddr().String()
	}
	s.mu.Lock()
	s.accepted++
	k := &conn{Conn: c, srv: s, ordinal: s.accepted, host: host, closing: make(chan struct{})}
	s.conns[c.RemoteAddr().String()] = k
	o := faults.Opening{Client: host, Open: len(s.conns)}
	for _, other := range s.conns {
		if other.host == host {
			o.OpenClient++
		}
	}
	n := s.attempts.add(identity{op: opConnection + host})
	s.mu.Unlock()
	s.decide(k, o, n)
	return k
}

// opConnection stands before the client's host in identities of connections.
const opConnection = "connection "

// decide asks the rules what becomes of the client's nth connection.
func (s *Server) decide(k *conn, o faults.Opening, n int) {
	at := s.sinceStart(time.Now())
	id := identity{op: opConnection + o.Client}
	var d uint64
	for _, c := range *s.rules.Load() {
		f, accepting := c.fault.(faults.Accepting)
		h, handshaking := c.fault.(faults.Handshaking)
		if !accepting && !handshaking {
			continue
		}
		if !c.dueConnection(at, n, func() uint64 {
			if d == 0 {
				d = digest(s.seed.Load(), id, n)
			}
			return d
		}) {
			continue
		}
		if handshaking {
			k.handshake = c
			k.handshakeKind, k.handshakeFor = h.Handshake()
			continue
		}
		if fate := f.Accept(o); fate != (faults.Fate{}) {
			k.fate, k.fated = fate, true
			s.add(record.LedgerRow{
				Kind: record.LedgerFault, TS: at.Seconds(), Client: o.Client, Connection: k.ordinal, Peer: k.RemoteAddr().String(),
				Rule: c.Name, Fault: c.kind.Name,
			})
			return
		}
	}
}

package network

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// shaped is a connection whose bytes take time. Two pumps move them, one in each direction: a pump takes bytes, pays
// for them with bandwidth, and hands them on when their latency is over. The pumps belong to the link: as with TCP, what
// was written before a Close still arrives after it.
type shaped struct {
	net.Conn
	link     *Link
	up, down *pipe
}

func newShaped(c net.Conn, l *Link) *shaped {
	s := &shaped{Conn: c, link: l, up: newPipe(l.latency, l.window), down: newPipe(l.latency, l.window)}
	_, real := c.(*net.TCPConn) // else it may be in virtual time, where the system's clock must not be asked
	s.up.exact, s.down.exact = real, real
	stop := context.AfterFunc(l.ctx, func() { s.abort(net.ErrClosed) })
	l.pumps.Go(func() {
		defer stop()
		var sending sync.WaitGroup
		sending.Go(s.send)
		s.receive()
		sending.Wait()
	})
	return s
}

// send moves bytes from the writer to the network, until the connection is closed and everything is sent.
func (s *shaped) send() {
	buf := make([]byte, chunk)
	for {
		n, err := s.up.read(buf, nil)
		if err == nil {
			err = pay(s.link.ctx, s.link.up, n)
		}
		if err == nil {
			_, err = s.Conn.Write(buf[:n])
		}
		if err != nil {
			s.up.close(err) // what the next Write returns
			if s.down.closed() {
				_ = s.Conn.Close() // Close has been called and has answered already
			}
			return
		}
	}
}

// receive moves bytes from the network to the reader.
func (s *shaped) receive() {
	buf := make([]byte, chunk)
	for {
		n, err := s.Conn.Read(buf)
		if n > 0 {
			if pay(s.link.ctx, s.link.down, n) != nil {
				return
			}
			if _, werr := s.down.write(buf[:n], nil); werr != nil {
				return
			}
		}
		if err != nil {
			s.down.end(err) // after what is still on its way
			return
		}
	}
}

func pay(ctx context.Context, limit *rate.Limiter, n int) error {
	if limit == nil {
		return nil
	}
	return limit.WaitN(ctx, n)
}

func (s *shaped) Read(p []byte) (int, error)  { return s.down.read(p, s.down.deadline.expired()) }
func (s *shaped) Write(p []byte) (int, error) { return s.up.write(p, s.up.deadline.expired()) }

// Close lets what was written arrive, and answers at once.
func (s *shaped) Close() error {
	s.down.close(net.ErrClosed)
	if s.up.closed() { // nobody is left to send what remains
		return s.Conn.Close()
	}
	s.up.end(net.ErrClosed)
	return s.SetDeadline(time.Time{}) // ends the timers
}

// abort drops everything.
func (s *shaped) abort(err error) {
	s.up.close(err)
	s.down.close(err)
	_ = s.Conn.Close() // it may be closed already
}

func (s *shaped) SetDeadline(t time.Time) error {
	s.down.deadline.set(t)
	s.up.deadline.set(t)
	return nil
}

func (s *shaped) SetReadDeadline(t time.Time) error {
	s.down.deadline.set(t)
	return nil
}

func (s *shaped) SetWriteDeadline(t time.Time) error {
	s.up.deadline.set(t)
	return nil
}

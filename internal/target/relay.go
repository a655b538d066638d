package target

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
)

// relay stands between a program of its own and the fault server, and dials over the network of the scenario: that cannot be
// put on the program's side. What its system has taken in counts as sent for the program, which is some hundred KiB more
// than the network let through; a connection that the server refuses is reset.
type relay struct {
	l      net.Listener
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	ctx    context.Context
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]struct{} // on both sides
}

// relayBuffer is what the system may take in unread from the program, as far as it can be told.
const relayBuffer = 128 << 10

// startRelay serves a listener. Whatever address a connection is for, dial knows where to.
func startRelay(l net.Listener, dial func(context.Context, string, string) (net.Conn, error)) *relay {
	r := &relay{l: l, dial: dial, open: map[net.Conn]struct{}{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.ended.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			r.ended.Go(func() { r.carry(c) })
		}
	})
	return r
}

// carry moves bytes in both directions until both are over.
func (r *relay) carry(client net.Conn) {
	if t, ok := client.(*net.TCPConn); ok {
		_ = t.SetReadBuffer(relayBuffer)
	}
	if !r.keep(client) {
		return
	}
	defer r.drop(client)
	server, err := r.dial(r.ctx, "tcp", "")
	if err != nil {
		reset(client)
		return
	}
	if !r.keep(server) {
		return
	}
	defer r.drop(server)
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(only{server}, client) // whichever side is gone, the connection is over
		_ = server.Close()                   // once all of it has arrived
	})
	_, err = io.Copy(only{client}, server)
	if errors.Is(err, syscall.ECONNRESET) {
		reset(client)
	} else if w, ok := client.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite()
	}
	up.Wait()
}

// only hides all but Write, so that no system call copies past the shaping.
type only struct{ io.Writer }

// reset ends a connection with a RST.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func (r *relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		_ = c.Close()
		return false
	}
	r.open[c] = struct{}{}
	return true
}

func (r *relay) drop(c net.Conn) {
	_ = c.Close()
	r.mu.Lock()
	delete(r.open, c)
	r.mu.Unlock()
}

// stop breaks all connections and waits. It may be called again.
func (r *relay) stop() {
	if r == nil {
		return
	}
	r.mu.Lock()
	r.cancel()
	_ = r.l.Close()
	for c := range r.open {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.ended.Wait()
}

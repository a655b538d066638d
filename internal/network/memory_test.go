package network

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

// connect makes a connection in memory over a link.
func connect(t testing.TB, link Dialer, l net.Listener) (client, server net.Conn) {
	t.Helper()
	client, err := link.Dial(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

// The connection keeps the contract of net.Conn: deadlines, concurrent use, closing.
func TestMemoryConn(t *testing.T) {
	for name, bandwidth := range map[string]int64{"unlimited": 0, "limited": 1 << 30} {
		t.Run(name, func(t *testing.T) {
			var m Memory
			l, _ := m.Listen()
			defer l.Close()
			link := m.Link(0, bandwidth)
			defer link.Close()
			nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
				c, s := connect(t, link, l)
				return c, s, func() { c.Close(); s.Close() }, nil
			})
		})
	}
}

// inMemory runs f in a bubble with a connected pair.
func inMemory(t *testing.T, latency time.Duration, bandwidth int64, f func(client, server net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		l, _ := m.Listen()
		defer l.Close()
		link := m.Link(latency, bandwidth)
		defer link.Close()
		c, s := connect(t, link, l)
		defer c.Close()
		defer s.Close()
		f(c, s)
	})
}

func TestMemoryRoundTripCostsAtLeast100us(t *testing.T) {
	inMemory(t, 0, 0, func(c, s net.Conn) {
		go func() { _, _ = io.Copy(s, s) }()
		start := time.Now()
		_, _ = c.Write([]byte("ping"))
		if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 2*LeastLatency {
			t.Errorf("a round trip took %v", d)
		}
	})
}

// Two connections over one link share its bandwidth about evenly, and use all of it.
func TestMemoryBandwidthIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each, speed = 10 << 20, 10 << 20
		var m Memory
		l, _ := m.Listen()
		defer l.Close()
		link := m.Link(time.Millisecond, speed)
		defer link.Close()
		start := time.Now()
		var all sync.WaitGroup
		for range 2 {
			c, s := connect(t, link, l)
			all.Go(func() {
				_, _ = c.Write(make([]byte, each))
				c.Close()
			})
			all.Go(func() {
				defer s.Close()
				if n, err := io.Copy(io.Discard, s); n != each || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
				if d := time.Since(start); d < 1500*time.Millisecond { // alone it would take one second
					t.Errorf("took %v", d)
				}
			})
		}
		all.Wait()
		if d := time.Since(start); d < 1990*time.Millisecond || d > 2010*time.Millisecond {
			t.Errorf("both together took %v, want 2s", d)
		}
	})
}

// A writer gets as far ahead as the buffers are large, and not further.
func TestMemoryBuffersAreBounded(t *testing.T) {
	for _, bandwidth := range []int64{0, 1 << 30} {
		inMemory(t, 0, bandwidth, func(c, _ net.Conn) {
			_ = c.SetWriteDeadline(time.Now().Add(time.Minute))
			n, err := c.Write(make([]byte, 64<<20))
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Fatalf("ended with %v", err)
			}
			if least, most := kernelBuffers, kernelBuffers+sendWindow(0, bandwidth)+chunk; n < least || n > most {
				t.Errorf("%d bytes were taken, want %d to %d", n, least, most)
			}
		})
	}
}

func TestMemoryHalfClose(t *testing.T) {
	inMemory(t, time.Millisecond, 1<<20, func(c, s net.Conn) {
		_, _ = c.Write([]byte("question"))
		if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(s)
		if string(got) != "question" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		_, _ = s.Write([]byte("answer"))
		s.Close()
		got, err = io.ReadAll(c)
		if string(got) != "answer" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := c.Write([]byte("more")); !errors.Is(err, net.ErrClosed) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("writing after CloseWrite: %v", err)
		}
	})
}

// What one end writes before a RST arrives; then both ends see what they would see on TCP.
func TestMemoryReset(t *testing.T) {
	inMemory(t, time.Millisecond, 0, func(c, s net.Conn) {
		_, _ = s.Write([]byte("half"))
		_ = s.(interface{ SetLinger(int) error }).SetLinger(0)
		s.Close()
		got, err := io.ReadAll(c)
		if string(got) != "half" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read %q, %v", got, err)
		}
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "read" || op.Net != "tcp" || op.Source == nil {
			t.Errorf("the error is %#v", err)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("writing: %v", err)
		}
	})
}

// Linux resets a connection that is closed with something unread.
func TestMemoryCloseWithUnreadDataResets(t *testing.T) {
	inMemory(t, time.Millisecond, 0, func(c, s net.Conn) {
		_, _ = c.Write([]byte("nobody reads this"))
		time.Sleep(time.Second)
		s.Close()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v", err)
		}
		if _, err := c.Write([]byte("more")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("write: %v", err)
		}
	})
}

// Who writes to an end that is gone learns it a round trip later.
func TestMemoryWriteToTheGone(t *testing.T) {
	inMemory(t, time.Millisecond, 0, func(c, s net.Conn) {
		s.Close()
		time.Sleep(time.Second)
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read %d, %v", n, err)
		}
		if _, err := c.Write([]byte("first")); err != nil {
			t.Errorf("the first write: %v", err)
		}
		time.Sleep(2 * time.Millisecond)
		if _, err := c.Write([]byte("second")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("the second write: %v", err)
		}
	})
}

func TestMemoryDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		ctx := context.Background()
		if _, err := m.Dial(ctx, "tcp", "127.0.0.1:9"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("nobody listens: %v", err)
		}
		l, _ := m.Listen()
		l.(*memListener).Shut(true)
		if _, err := m.Dial(ctx, "tcp", l.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("shut: %v", err)
		}
		l.(*memListener).Shut(false)
		short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		slow := m.Link(time.Second, 0)
		_, err := slow.Dial(short, "tcp", l.Addr().String())
		var op *net.OpError
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &op) || op.Op != "dial" {
			t.Errorf("out of time: %v", err)
		}
		// A backlog that is full does not answer; the client asks again after a second, and two, and four.
		for range backlog {
			if _, err := m.Dial(ctx, "tcp", l.Addr().String()); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		go func() {
			time.Sleep(2 * time.Second)
			c, _ := l.Accept()
			c.Close()
		}()
		if _, err := m.Dial(ctx, "tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start).Round(10 * time.Millisecond); d != 3*time.Second {
			t.Errorf("connected after %v, want 3s", d)
		}
		go func() {
			time.Sleep(time.Second)
			slow.Close() // while somebody dials
		}()
		if _, err := slow.Dial(ctx, "tcp", l.Addr().String()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dialling over a link that is closed: %v", err)
		}
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept after close: %v", err)
		}
	})
}

// The regression of bufconn: under net/http, a deadline that was cleared must never fire.
func TestMemoryKeepAlivePUTs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		l, _ := m.Listen()
		body := make([]byte, putSize)
		_, _ = rand.Read(body)
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, err := io.ReadAll(r.Body)
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes came, %v", len(got), err)
			}
		})}
		served := make(chan error)
		go func() { served <- srv.Serve(l) }()
		link := m.Link(time.Millisecond, 200<<20)
		wire := &http.Transport{DialContext: link.Dial, MaxIdleConnsPerHost: 8}
		client := &http.Client{Transport: wire, Timeout: time.Hour}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 10 {
					req, _ := http.NewRequest(http.MethodPut, "http://"+l.Addr().String()+"/x", bytes.NewReader(body))
					resp, err := client.Do(req)
					if err != nil {
						t.Error(err)
						return
					}
					resp.Body.Close()
				}
			})
		}
		all.Wait()
		wire.CloseIdleConnections()
		srv.Close()
		<-served
		link.Close()
	})
}

// Bytes that stand for more are charged for all that they stand for.
func TestStandIn(t *testing.T) {
	inMemory(t, time.Millisecond, 1<<20, func(c, s net.Conn) {
		c.(Standing).Stand(1000, 1<<20)
		start := time.Now()
		go func() {
			_, _ = c.Write([]byte("PUT / HTTP/1.1\r\nHost: x\r"))
			_, _ = c.Write(append([]byte("\n\r\n"), make([]byte, 1000)...))
			c.Close()
		}()
		n, err := io.Copy(io.Discard, s)
		if n != 1027 || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if d := time.Since(start); d < 1000*time.Millisecond || d > 1003*time.Millisecond {
			t.Errorf("took %v, want 1s and a latency", d)
		}
	})
}

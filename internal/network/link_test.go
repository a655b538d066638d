package network

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

// The shaped connection keeps the contract of net.Conn: deadlines, concurrent use, closing.
func TestShapedConn(t *testing.T) {
	for name, link := range map[string]*Link{
		"latency":   NewLink(100*time.Microsecond, 0),
		"bandwidth": NewLink(0, 1<<30),
		"both":      NewLink(100*time.Microsecond, 1<<30),
	} {
		t.Run(name, func(t *testing.T) {
			defer link.Close()
			nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return nil, nil, nil, err
				}
				defer l.Close()
				c1, err = link.Dial(context.Background(), "tcp", l.Addr().String())
				if err != nil {
					return nil, nil, nil, err
				}
				c2, err = l.Accept()
				return c1, c2, func() { c1.Close(); c2.Close() }, err
			})
		})
	}
}

// pair is a shaped connection over an in-memory pipe.
func pair(l *Link) (client, server net.Conn) {
	a, b := net.Pipe()
	return l.Shape(a), b
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(20*time.Millisecond, 0)
		client, server := pair(link)
		defer server.Close()
		defer client.Close()
		defer link.Close()
		start := time.Now()
		if _, err := client.Write([]byte("ping")); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("a write took %v; it must not wait for the latency", took)
		}
		buf := make([]byte, 4)
		if _, err := io.ReadFull(server, buf); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 20*time.Millisecond {
			t.Errorf("one way took %v, want 20ms", took)
		}
		go server.Write([]byte("pong"))
		if _, err := io.ReadFull(client, buf); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 40*time.Millisecond {
			t.Errorf("a round trip took %v, want 40ms", took)
		}
	})
}

func TestBandwidthIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(time.Millisecond, 8<<20)
		defer link.Close()
		start := time.Now()
		done := make(chan error, 2)
		for range 2 {
			client, server := pair(link)
			defer client.Close()
			defer server.Close()
			body := make([]byte, 4<<20)
			if _, err := rand.Read(body); err != nil {
				t.Fatal(err)
			}
			go client.Write(body)
			go func() {
				got := make([]byte, len(body))
				_, err := io.ReadFull(server, got)
				if err == nil && !bytes.Equal(got, body) {
					err = errors.New("other bytes arrived than were sent")
				}
				done <- err
			}()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 980*time.Millisecond || took > 1010*time.Millisecond {
			t.Errorf("2 × 4 MiB over a shared 8 MiB/s took %v, want about 1s", took)
		}
	})
}

func TestLinkCloseEndsPumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(time.Hour, 1)
		client, server := pair(link)
		go client.Write(make([]byte, 10<<20)) // waits for the window
		synctest.Wait()
		if err := client.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read past the deadline: %v", err)
		}
		client.Close()
		server.Close()
		link.Close()
		// The bubble fails the test if a goroutine stays behind.
	})
}

func TestNothingToShape(t *testing.T) {
	a, _ := net.Pipe()
	if c := NewLink(0, 0).Shape(a); c != a {
		t.Errorf("a link without latency and bandwidth wrapped the connection in %T", c)
	}
}

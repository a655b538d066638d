package target

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/network"
)

// relayed puts a relay with a network before a server that does with its connections what serve says.
func relayed(t *testing.T, serve func(*net.TCPConn)) (client net.Conn, r *relay) {
	t.Helper()
	server, err := network.TCP{}.Listen()
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if c, err := server.Accept(); err == nil {
			serve(c.(*net.TCPConn))
		}
	}()
	front, err := network.TCP{}.Listen()
	if err != nil {
		t.Fatal(err)
	}
	link := network.TCP{}.Link(time.Millisecond, 200<<20)
	r = startRelay(front, func(ctx context.Context, proto, _ string) (net.Conn, error) {
		return link.Dial(ctx, proto, server.Addr().String())
	})
	t.Cleanup(func() {
		server.Close()
		r.stop()
		r.stop()
		link.Close()
		<-served
	})
	client, err = net.Dial("tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if err := client.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return client, r
}

func TestRelayCarries(t *testing.T) {
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	client, _ := relayed(t, func(c *net.TCPConn) {
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("the server got something else: %v", err)
		}
		_, _ = c.Write(sent)
		_ = c.CloseWrite()
		if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
			t.Errorf("after the end: %d bytes, %v", len(rest), err)
		}
		c.Close()
	})
	if _, err := client.Write(sent); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("the client got something else: %v", err)
	}
}

// A reset by the server is one for the client, and so is a connection that the server refuses.
func TestRelayResets(t *testing.T) {
	client, _ := relayed(t, func(c *net.TCPConn) {
		_, _ = io.ReadFull(c, make([]byte, 5))
		_ = c.SetLinger(0)
		c.Close()
	})
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}

	l, err := network.TCP{}.Listen()
	if err != nil {
		t.Fatal(err)
	}
	r := startRelay(l, func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED })
	defer r.stop()
	c, err := net.Dial("tcp", l.Addr().String())
	if err == nil { // else it was reset before Dial had looked
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		_, err = c.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("refused: got %v, want a reset", err)
	}
}

// Stopping ends connections on which nothing happens.
func TestRelayStops(t *testing.T) {
	held := make(chan struct{})
	client, r := relayed(t, func(c *net.TCPConn) {
		_, _ = io.ReadFull(c, make([]byte, 1))
		close(held)
		_, _ = c.Read(make([]byte, 1))
		c.Close()
	})
	if _, err := client.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	<-held
	r.stop()
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("the connection goes on")
	}
}

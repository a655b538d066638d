package network

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestPacketConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		a, _ := m.ListenPacket()
		b, _ := m.ListenPacket()
		start := time.Now()
		if n, err := a.WriteTo([]byte("hello"), b.LocalAddr()); n != 5 || err != nil {
			t.Fatal(n, err)
		}
		buf := make([]byte, 3)
		n, from, err := b.ReadFrom(buf)
		if string(buf[:n]) != "hel" || from.String() != a.LocalAddr().String() || err != nil {
			t.Errorf("%q from %v, %v", buf[:n], from, err)
		}
		if d := time.Since(start); d != LeastLatency {
			t.Errorf("took %v", d)
		}
		_ = b.SetReadDeadline(time.Now().Add(time.Second))
		if _, _, err := b.ReadFrom(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
		_ = b.SetReadDeadline(time.Time{})
		go func() {
			time.Sleep(time.Second)
			b.Close()
		}()
		if _, _, err := b.ReadFrom(buf); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if _, err := a.WriteTo([]byte("x"), b.LocalAddr()); err != nil {
			t.Errorf("to nobody: %v", err) // UDP does not know
		}
		if _, err := a.WriteTo(make([]byte, maxPacket+1), b.LocalAddr()); !errors.Is(err, errTooLong) {
			t.Errorf("too long: %v", err)
		}
		a.Close()
	})
}

// A reader that does not keep up loses what its buffer cannot hold.
func TestPacketsAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		a, _ := m.ListenPacket()
		b, _ := m.ListenPacket()
		for range 10 {
			_, _ = a.WriteTo(make([]byte, 60000), b.LocalAddr())
		}
		_ = b.SetReadDeadline(time.Now().Add(time.Second))
		got := 0
		for {
			if _, _, err := b.ReadFrom(make([]byte, maxPacket)); err != nil {
				break
			}
			got++
		}
		if got != packetBuffer/60000 {
			t.Errorf("%d datagrams came, want %d", got, packetBuffer/60000)
		}
	})
}

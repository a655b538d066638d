package faultserver

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

func listenTCP(t *testing.T, s *Server, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.Handler(h, ops.S3)}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(s.Listener(l)) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return "http://" + l.Addr().String()
}

func TestReset(t *testing.T) {
	for _, tt := range []struct {
		at        string
		size      int
		bytes     [2]int64 // least and most that the backend may read
		committed bool
	}{
		{"before_body", 1 << 20, [2]int64{0, 0}, false},
		{"mid_body", 1 << 20, [2]int64{1 << 19, 1 << 19}, false},
		{"after_commit", 1 << 20, [2]int64{1 << 20, 1 << 20}, true},
	} {
		t.Run(tt.at, func(t *testing.T) {
			s := mustNew(t, Options{Rules: []Rule{{Name: "rst", When: When{First: 1}, Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: tt.at}})}}})
			stored := make(chan int64, 2)
			url := listenTCP(t, s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, err := io.Copy(io.Discard, r.Body)
				if err != nil {
					w.WriteHeader(500)
					return
				}
				stored <- n
			}))
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			put := func() (*http.Response, error) {
				req, err := http.NewRequest("PUT", url+part("o", 1), strings.NewReader(strings.Repeat("x", tt.size)))
				if err != nil {
					t.Fatal(err)
				}
				return client.Do(req)
			}
			if resp, err := put(); err == nil {
				t.Fatalf("answered %d, want a reset", resp.StatusCode)
			} else if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, net.ErrClosed) {
				t.Errorf("error is %v, want a connection reset", err)
			}
			row := s.Ledger()[0]
			if row.Status != 0 || row.Fault != "reset "+tt.at || row.Committed != tt.committed {
				t.Errorf("ledger: %+v", row)
			}
			if row.BytesIn < tt.bytes[0] || row.BytesIn > tt.bytes[1] {
				t.Errorf("the backend read %d bytes, want %v", row.BytesIn, tt.bytes)
			}
			if got := len(stored); (got == 1) != tt.committed {
				t.Errorf("the backend stored %d bodies, committed should be %v", got, tt.committed)
			}
			resp, err := put()
			if err != nil || resp.StatusCode != 200 {
				t.Fatalf("second attempt: %v, %v", resp, err)
			}
			resp.Body.Close()
		})
	}
}

func TestListenerRecordsCutHeaders(t *testing.T) {
	s := mustNew(t, Options{})
	url := listenTCP(t, s, ok)
	addr := strings.TrimPrefix(url, "http://")
	resp, err := http.Get(url + "/bucket/o")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("PUT /bucket/o HTTP/1.1\r\nHost: x\r\n")); err != nil {
		t.Fatal(err)
	}
	peer := c.LocalAddr().String()
	c.Close()
	idle, err := net.Dial("tcp", addr) // a connection without a request is nobody's attempt
	if err != nil {
		t.Fatal(err)
	}
	idle.Close()
	http.DefaultClient.CloseIdleConnections()
	// Connections are accepted in order: once this one is answered, those before it have been.
	if resp, err = http.Get(url + "/bucket/o"); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()

	deadline := time.After(time.Minute)
	for {
		var cut []record.LedgerRow
		for _, row := range s.Ledger() {
			if row.Kind == record.LedgerConnection {
				cut = append(cut, row)
			}
		}
		s.mu.Lock()
		open := len(s.conns)
		s.mu.Unlock()
		if open == 0 {
			if len(cut) != 1 || cut[0].Peer != peer {
				t.Errorf("cut connections: %+v, want the one from %s", cut, peer)
			}
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%d connections are still open", open)
		case <-time.After(time.Millisecond): // sockets are closed when the system gets to it
		}
	}
}

func TestEarlyAnswerWithExpect(t *testing.T) {
	s := mustNew(t, Options{Rules: []Rule{{Name: "busy", Do: faults.Of(&faults.Status{Code: 503})}}})
	url := listenTCP(t, s, ok)
	wire := &http.Transport{ExpectContinueTimeout: time.Hour} // far longer than a test may take
	defer wire.CloseIdleConnections()
	body := strings.NewReader(strings.Repeat("x", 1<<20))
	req, err := http.NewRequest("PUT", url+part("o", 1), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Expect", "100-continue")
	resp, err := wire.RoundTrip(req)
	if err != nil || resp.StatusCode != 503 {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
	if body.Len() != 1<<20 {
		t.Errorf("%d bytes were sent in vain", 1<<20-body.Len())
	}
}

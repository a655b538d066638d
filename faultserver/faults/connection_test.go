package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
)

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

// isEnd: the connection ended in order, before the answer or in it.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF) || err != nil && strings.Contains(err.Error(), "server closed")
}

// faultRow finds what happened to connections.
func faultRow(s *service) *record.LedgerRow {
	for _, row := range s.faults.Ledger() {
		if row.Kind == record.LedgerFault {
			return &row
		}
	}
	return nil
}

func TestCuts(t *testing.T) {
	const size = 1 << 20
	for _, tt := range []struct {
		cut       faults.Cut
		bytes     int64 // that the server reads of the body
		committed bool
	}{
		{faults.Cut{}, 0, false},
		{faults.Cut{At: "mid_body"}, size / 2, false},
		{faults.Cut{At: "mid_body", Bytes: 1000}, 1000, false},
		{faults.Cut{At: "before_response"}, size, false},
		{faults.Cut{At: "after_commit"}, size, true},
		{faults.Cut{At: "mid_response", Bytes: 3}, size, true},
		{faults.Cut{At: "before_body", After: seconds(0.02)}, 0, false},
	} {
		for name, c := range map[string]faults.Config{"reset": &faults.Reset{Cut: tt.cut}, "fin": &faults.Fin{Cut: tt.cut}} {
			s := serve(t, c, nil)
			_, body, err := s.put(size)
			if name == "reset" && !isReset(err) || name == "fin" && !isEnd(err) {
				t.Errorf("%s %+v: %v", name, tt.cut, err)
			}
			if tt.cut.At == "mid_response" && body != "sto" {
				t.Errorf("%s %+v: the client read %q", name, tt.cut, body)
			}
			s.acted(name)
			if row := s.faults.Ledger()[0]; row.BytesIn != tt.bytes || row.Committed != tt.committed {
				t.Errorf("%s %+v: %d bytes were read, committed %v", name, tt.cut, row.BytesIn, row.Committed)
			}
		}
	}
}

// Connections that end before a request is known.
func TestEarlyEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		config faults.Config
		is     func(error) bool
		cut    bool // a request had begun
	}{
		"reset at accept":  {&faults.Reset{Cut: faults.Cut{At: "accept"}}, isReset, false},
		"reset in headers": {&faults.Reset{Cut: faults.Cut{At: "headers"}}, isReset, true},
		"fin at accept":    {&faults.Fin{Cut: faults.Cut{At: "accept"}}, isEnd, false},
		"fin in headers":   {&faults.Fin{Cut: faults.Cut{At: "headers"}}, isEnd, true},
		"accept_close":     {&faults.AcceptClose{}, isEnd, false},
		"accept_close rst": {&faults.AcceptClose{RST: true}, isReset, false},
		"black hole":       {&faults.Blackhole{At: "accept", For: seconds(0.02)}, isEnd, false},
	} {
		s := serve(t, tt.config, nil)
		_, _, err := s.put(1 << 10)
		if !tt.is(err) {
			t.Errorf("%s: %v", name, err)
		}
		if row := faultRow(s); row == nil || row.Connection != 1 || row.Rule != "fault" {
			t.Errorf("%s: the ledger has %+v", name, s.faults.Ledger())
		}
		cut := false
		for _, row := range s.faults.Ledger() {
			cut = cut || row.Kind == record.LedgerConnection
		}
		if cut != tt.cut {
			t.Errorf("%s: a request was cut: %v", name, cut)
		}
	}
}

// By identity it is the client's nth connection that is hit.
func TestEarlyEndsBySchedule(t *testing.T) {
	rules := one(&faults.AcceptClose{RST: true})
	rules[0].When.First = 1
	s := serveRules(t, nil, faultserver.Options{Rules: rules})
	s.client.Transport.(*http.Transport).DisableKeepAlives = true
	if _, _, err := s.put(10); !isReset(err) {
		t.Errorf("the first connection: %v", err)
	}
	if _, _, err := s.put(10); err != nil {
		t.Errorf("the second connection: %v", err)
	}
}

func TestMaxConnections(t *testing.T) {
	s := serve(t, &faults.MaxConnections{N: 1, Scope: "client"}, nil)
	if _, _, err := s.put(10); err != nil { // stays open
		t.Fatal(err)
	}
	other := &http.Transport{}
	defer other.CloseIdleConnections()
	if _, err := other.RoundTrip(request(t, s.url)); !isReset(err) {
		t.Errorf("the second connection: %v", err)
	}
	if _, _, err := s.put(10); err != nil {
		t.Errorf("the first connection, again: %v", err)
	}
}

func request(t *testing.T, url string) *http.Request {
	r, err := http.NewRequest("GET", url+"/b/k", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// within asks on fresh connections until what comes of it is as it should be.
func (s *service) within(limit time.Duration, ok func(error) bool) bool {
	fresh := &http.Transport{DisableKeepAlives: true}
	for start := time.Now(); time.Since(start) < limit; {
		resp, err := fresh.RoundTrip(request(s.t, s.url))
		if err == nil {
			resp.Body.Close()
		}
		if ok(err) {
			return true
		}
	}
	return false
}

func TestBlackhole(t *testing.T) {
	for _, at := range []string{"headers", "body", "response"} {
		s := serve(t, &faults.Blackhole{At: at}, nil)
		// On a busy machine a request may not get there in time.
		for s.client.Timeout = 50 * time.Millisecond; s.client.Timeout < time.Minute && !s.did("blackhole "+at); s.client.Timeout *= 2 {
			var timeout net.Error
			if _, _, err := s.put(1 << 10); !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("%s: %v, want the client's own time-out", at, err)
			}
		}
		s.acted("blackhole " + at)
	}
	if _, _, err := serve(t, &faults.Blackhole{For: seconds(0.02)}, nil).put(10); !isEnd(err) {
		t.Errorf("after its time: %v", err)
	}
}

func TestStaleKeepalive(t *testing.T) {
	s := serve(t, &faults.StaleKeepalive{}, nil)
	if _, _, err := s.put(10); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.put(10); !isReset(err) && !isEnd(err) { // the request has a body, so net/http does not repeat it
		t.Errorf("on the same connection: %v", err)
	}
	s.acted("stale_keepalive")
	if _, _, err := s.put(10); err != nil {
		t.Errorf("on a fresh one: %v", err)
	}
	s = serve(t, &faults.StaleKeepalive{Idle: seconds(3600)}, nil)
	for range 2 {
		if _, _, err := s.put(10); err != nil {
			t.Errorf("not idle for long: %v", err)
		}
	}
}

func TestMaxRequests(t *testing.T) {
	for _, announce := range []bool{false, true} {
		s := serve(t, &faults.MaxRequests{N: 2, Announce: announce}, nil)
		for i := 1; i <= 6; i++ {
			// A GET, which net/http repeats if it meets the end of a connection.
			resp, _, err := s.do("GET", "/b/k", 0)
			if err != nil {
				t.Fatalf("request %d: %v", i, err)
			}
			if closes := announce && i%2 == 0; resp.Close != closes {
				t.Errorf("announce %v, request %d: Connection: close is %v", announce, i, resp.Close)
			}
		}
		last := 0
		for _, row := range s.faults.Ledger() {
			last = max(last, row.Connection)
		}
		if last != 3 {
			t.Errorf("announce %v: six requests took %d connections", announce, last)
		}
	}
}

func TestHalfClose(t *testing.T) {
	s := serve(t, &faults.HalfClose{Bytes: 3}, page)
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /b/k HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := io.ReadAll(c) // until the server's side ends
	if err != nil || !strings.HasSuffix(string(answer), "\r\n\r\naaa") {
		t.Errorf("%q, %v", answer, err)
	}
	// The other side is still open.
	for range 10 {
		if _, err := c.Write([]byte("more")); err != nil {
			t.Errorf("writing on: %v", err)
		}
	}
	s.acted("half_close")
}

func TestRefuse(t *testing.T) {
	for name, c := range map[string]faults.Config{"refuse": &faults.Refuse{}, "restart": &faults.Restart{DownFor: seconds(3600)}} {
		rules := one(c)
		rules[0].When.From = seconds(3600)
		rules[0].When.To = seconds(2 * 3600)
		if name == "restart" {
			rules[0].When.To = seconds(9 * 3600) // it is up again before
		}
		s := serveRules(t, nil, faultserver.Options{Rules: rules})
		// The trial's clock is set, so that no moment is missed, however busy the machine is.
		at := func(hours float64) { s.faults.Begin(time.Now().Add(-seconds(hours * 3600).D())) }
		at(0)
		if _, _, err := s.put(10); err != nil {
			t.Fatalf("%s: before: %v", name, err)
		}
		at(1.5)
		refused := s.within(time.Minute, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) })
		_, _, err := s.put(10) // on the connection from before, or refused
		reset := err != nil
		at(2.5)
		served := s.within(time.Minute, func(err error) bool { return err == nil })
		if !refused || !served || (name == "restart") != reset {
			t.Errorf("%s: refused %v, then served %v; open connections reset %v", name, refused, served, reset)
		}
		if row := faultRow(s); row == nil || row.Fault != name {
			t.Errorf("%s: the ledger has %+v", name, s.faults.Ledger())
		}
	}
}

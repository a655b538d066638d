package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/selfsigned"
)

// serveTLS is serve with TLS; protocols are those that the client offers.
func serveTLS(t *testing.T, c faults.Config, protocols ...string) *service {
	t.Helper()
	fs, err := faultserver.New(faultserver.Options{Rules: one(c)})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := selfsigned.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := faultserver.NewHTTPServer(fs.Handler(http.HandlerFunc(store), ops.S3))
	if err := fs.ConfigureHTTP2(srv); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	tl := fs.TLSListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}})
	go func() { defer close(ended); _ = srv.Serve(tl) }()
	roots := x509.NewCertPool()
	roots.AddCert(cert.Leaf)
	wire := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, NextProtos: protocols}, ForceAttemptHTTP2: len(protocols) == 0}
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		fs.Stop()
		srv.Close()
		<-ended
	})
	return &service{t, "https://" + l.Addr().String(), fs, &http.Client{Transport: wire}}
}

func TestHTTP2(t *testing.T) {
	s := serveTLS(t, &faults.Latency{Add: 1})
	for range 3 {
		resp, body, err := s.put(1 << 20)
		if err != nil || resp.ProtoMajor != 2 || body != "stored" {
			t.Fatalf("%v, %v", resp, err)
		}
	}
	if row := s.faults.Ledger()[2]; row.Connection != 1 || row.BytesIn != 1<<20 {
		t.Errorf("ledger: %+v", row)
	}
}

func TestRSTStream(t *testing.T) {
	// Not protocol_error and refused_stream, which net/http tries again by itself for a long time.
	for _, code := range []struct {
		name string
		want http2.ErrCode
	}{{"enhance_your_calm", http2.ErrCodeEnhanceYourCalm}, {"cancel", http2.ErrCodeCancel}} {
		s := serveTLS(t, &faults.RSTStream{Code: code.name})
		_, _, err := s.put(1 << 10)
		// The error's type belongs to net/http's own copy of the package; its text is the same.
		if err == nil || !strings.Contains(err.Error(), code.want.String()) {
			t.Errorf("%v, want %v", err, code.want)
		}
		s.acted("rst_stream")
	}
	// Over HTTP/1.1 the fault has nothing to act on.
	s := serveTLS(t, &faults.RSTStream{}, "http/1.1")
	if resp, _, err := s.put(10); err != nil || resp.ProtoMajor != 1 {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestGoAway(t *testing.T) {
	s := serveTLS(t, &faults.GoAway{AfterRequests: 2})
	for i := range 6 {
		if _, _, err := s.put(10); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	last := 0
	for _, row := range s.faults.Ledger() {
		last = max(last, row.Connection)
	}
	if last != 3 {
		t.Errorf("six requests took %d connections", last)
	}
	// A raw client sees the code.
	s = serveTLS(t, &faults.GoAway{Code: "enhance_your_calm"})
	wire := s.client.Transport.(*http.Transport)
	conf := wire.TLSClientConfig.Clone()
	conf.NextProtos = []string{"h2"}
	c, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if code := goAwayCode(t, c); code != http2.ErrCodeEnhanceYourCalm {
		t.Errorf("GOAWAY with %v", code)
	}
}

// goAwayCode sends a request by hand and reads frames up to GOAWAY.
func goAwayCode(t *testing.T, c io.ReadWriter) http2.ErrCode {
	t.Helper()
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(c, c)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	// :method GET, :scheme https, :path /, and :authority x, from HPACK's static table.
	block := []byte{0x82, 0x87, 0x84, 0x41, 0x01, 'x'}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndStream: true, EndHeaders: true}); err != nil {
		t.Fatal(err)
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatalf("no GOAWAY before %v", err)
		}
		if g, ok := frame.(*http2.GoAwayFrame); ok {
			return g.ErrCode
		}
	}
}

func TestMaxStreams(t *testing.T) {
	s := serveTLS(t, &faults.MaxStreams{N: 7})
	conf := s.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	conf.NextProtos = []string{"h2"}
	c, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(c, c)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	frame, err := f.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := frame.(*http2.SettingsFrame).Value(http2.SettingMaxConcurrentStreams); !ok || n != 7 {
		t.Errorf("SETTINGS_MAX_CONCURRENT_STREAMS is %d, %v", n, ok)
	}
}

func TestHandshakes(t *testing.T) {
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	for name, tt := range map[string]struct {
		config *faults.TLS
		is     func(error) bool
	}{
		"handshake":  {&faults.TLS{}, func(err error) bool { return strings.Contains(err.Error(), "remote error: tls") }},
		"timeout":    {&faults.TLS{Fail: "timeout", For: seconds(0.02)}, func(err error) bool { return err != nil }},
		"expired":    {&faults.TLS{Fail: "expired"}, func(err error) bool { return errors.As(err, &invalid) || errors.As(err, &unknown) }},
		"wrong_host": {&faults.TLS{Fail: "wrong_host"}, func(err error) bool { return errors.As(err, &host) || errors.As(err, &unknown) }},
	} {
		s := serveTLS(t, tt.config)
		if _, _, err := s.put(10); err == nil || !tt.is(err) {
			t.Errorf("%s: %v", name, err)
		}
		if row := faultRow(s); row == nil || row.Fault != "tls "+name {
			t.Errorf("%s: the ledger has %+v", name, s.faults.Ledger())
		}
	}
}

package faultserver

//lint:file-ignore SA1019 net/http's own HTTP/2 server takes a *tls.Conn and nothing around one, so frames cannot be changed there.

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/http2"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/selfsigned"
)

// TLSListener is Listener with TLS on top, and with the faults of handshakes. config must have a certificate; for HTTP/2
// its NextProtos begin with h2, and ConfigureHTTP2 sets the server up.
func (s *Server) TLSListener(l net.Listener, config *tls.Config) net.Listener {
	config = config.Clone()
	plain := config.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		k, ok := hello.Conn.(*conn)
		if !ok || k.handshake == nil {
			return nil, nil // as it is
		}
		return s.spoil(k, plain)
	}
	return tls.NewListener(encrypted{s.Listener(l)}, config)
}

// encrypted marks connections whose bytes are not HTTP.
type encrypted struct{ net.Listener }

func (e encrypted) Accept() (net.Conn, error) {
	c, err := e.Listener.Accept()
	if k, ok := c.(*conn); ok {
		k.tls = true // nobody else has it yet
	}
	return c, err
}

// spoil carries out the fault of a handshake.
func (s *Server) spoil(k *conn, plain *tls.Config) (*tls.Config, error) {
	s.add(record.LedgerRow{
		Kind: record.LedgerFault, TS: s.sinceStart(time.Now()).Seconds(), Client: k.host, Connection: k.ordinal,
		Peer: k.RemoteAddr().String(), Rule: k.handshake.Name, Fault: "tls " + k.handshakeKind,
	})
	var cert tls.Certificate
	var err error
	switch k.handshakeKind {
	case faults.HandshakeTimeout:
		t := time.NewTimer(k.handshakeFor)
		defer t.Stop()
		select {
		case <-t.C:
		case <-k.closing:
		case <-s.stopped:
		}
		return nil, errHandshake
	case faults.HandshakeExpired:
		cert, err = selfsigned.Expired()
	case faults.HandshakeWrongHost:
		cert, err = selfsigned.New("wrong.host.invalid")
	default:
		return nil, errHandshake
	}
	if err != nil {
		return nil, err
	}
	spoilt := plain.Clone()
	spoilt.Certificates = []tls.Certificate{cert}
	return spoilt, nil
}

var errHandshake = errors.New("handshake ended by the fault server")

// ConfigureHTTP2 lets a server behind TLSListener speak HTTP/2 with its faults. A rule with max_streams that is there now
// limits the requests under way on a connection.
func (s *Server) ConfigureHTTP2(srv *http.Server) error {
	h2 := &http2.Server{}
	for _, c := range *s.rules.Load() {
		if f, ok := c.fault.(interface{ Streams() uint32 }); ok {
			h2.MaxConcurrentStreams = f.Streams()
		}
	}
	if err := http2.ConfigureServer(srv, h2); err != nil {
		return err
	}
	srv.TLSNextProto["h2"] = func(hs *http.Server, c *tls.Conn, h http.Handler) {
		f := &frames{Conn: c}
		s.mu.Lock()
		k := s.conns[c.RemoteAddr().String()]
		s.mu.Unlock()
		if k != nil {
			k.mu.Lock()
			k.frames = f
			k.mu.Unlock()
		}
		h2.ServeConn(f, &http2.ServeConnOpts{Handler: h, BaseConfig: hs})
	}
	return nil
}

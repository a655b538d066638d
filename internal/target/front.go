package target

import (
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/ratebench/ratebench/faultserver"
)

// front is an HTTP server on a free loopback port.
type front struct {
	url    *url.URL
	server *http.Server
	ended  chan error
}

// listen starts a server. wrap, if not nil, wraps its listener.
func (x *trial) listen(h http.Handler, wrap func(net.Listener) net.Listener) (*front, error) {
	l, err := x.net.Listen()
	if err != nil {
		return nil, err
	}
	f := &front{
		url:    &url.URL{Scheme: "http", Host: l.Addr().String()},
		server: faultserver.NewHTTPServer(h),
		ended:  make(chan error, 1),
	}
	if wrap != nil {
		l = wrap(l)
	}
	go func() { f.ended <- f.server.Serve(l) }()
	return f, nil
}

// stop breaks all connections. Nobody may be waiting for an answer any more; letting connections end by themselves would
// cost half a second after every early answer.
func (f *front) stop() error {
	if f == nil {
		return nil
	}
	err := f.server.Close()
	if serr := <-f.ended; !errors.Is(serr, http.ErrServerClosed) {
		err = errors.Join(err, serr)
	}
	f.ended <- http.ErrServerClosed // stopping again does nothing
	return err
}

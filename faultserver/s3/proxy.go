package s3

import (
	"cmp"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// ProxyConfig says where a proxy leads.
type ProxyConfig struct {
	// Endpoint is the S3 endpoint. Only scheme and host are used.
	Endpoint *url.URL
	// Transport carries requests to the endpoint. Nil: NewProxyTransport.
	Transport http.RoundTripper
	// ErrorLog takes what goes wrong after a response has begun. Nil: nothing is logged.
	ErrorLog *log.Logger
}

// NewProxy returns a streaming reverse proxy to an S3 endpoint. Path, query, body and the Host header pass as they came,
// so that a request that was signed for the proxy's address holds at the endpoint, which checks the signature against
// the Host header that it gets. Nothing is buffered beyond a copy buffer, and nothing is tried again: an endpoint that
// cannot be reached is answered with 502 and S3's XML error body. When the client goes away the request to the
// endpoint is cancelled.
//
// The exception is net/http's own: it sends a GET or HEAD once more if a reused connection turns out to be closed.
func NewProxy(cfg ProxyConfig) http.Handler {
	if cfg.Transport == nil {
		cfg.Transport = NewProxyTransport()
	}
	endpoint := cfg.Endpoint.Scheme + "://" + cfg.Endpoint.Host
	return &httputil.ReverseProxy{
		Transport:  cfg.Transport,
		BufferPool: proxyBuffers,
		ErrorLog:   cmp.Or(cfg.ErrorLog, log.New(io.Discard, "", 0)),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = cfg.Endpoint.Scheme, cfg.Endpoint.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery // ReverseProxy may have cleaned it, which breaks signatures
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			// A transport's errors hold addresses, never a query.
			sendError(w, r, &apiError{http.StatusBadGateway, "BadGateway", "no answer from " + endpoint + ": " + err.Error()})
		},
	}
}

// NewProxyTransport returns a transport fit for a proxy: it leaves bodies as they are, keeps many connections, closes
// idle ones before S3 servers do, and waits for a connection for 5 s at most.
func NewProxyTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConns:        0, // no limit
		MaxIdleConnsPerHost: 1024,
		// Shorter than servers wait (S3 and MinIO from some 10 s up): a PUT that meets a closed connection fails.
		IdleConnTimeout:       5 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        64 << 10,
	}
}

const proxyBuffer = 64 << 10

// bufferPool implements httputil.BufferPool without an allocation for each Put.
type bufferPool struct{ pool sync.Pool }

var proxyBuffers = &bufferPool{sync.Pool{New: func() any { return new([proxyBuffer]byte) }}}

func (b *bufferPool) Get() []byte  { return b.pool.Get().(*[proxyBuffer]byte)[:] }
func (b *bufferPool) Put(p []byte) { b.pool.Put((*[proxyBuffer]byte)(p)) }

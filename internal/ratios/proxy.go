package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/workloads"
)

// proxy compares the way to a real backend (fault server and streaming proxy, no rules) with an httputil.ReverseProxy
// with the same Transport settings and a buffer pool.
func proxy(ctx context.Context, s size) ([]figure, error) {
	backend, stop, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	if err != nil {
		return nil, err
	}
	defer stop()
	to, err := url.Parse(backend)
	if err != nil {
		return nil, err
	}
	faults, err := faultserver.New(faultserver.Options{})
	if err != nil {
		return nil, err
	}
	ours, stopOurs, err := serve(faults.Handler(s3.NewProxy(s3.ProxyConfig{Endpoint: to}), ops.S3))
	if err != nil {
		return nil, err
	}
	defer stopOurs()
	base, stopBase, err := serve(&httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:  s3.NewProxyTransport(),
		BufferPool: &pool{sync.Pool{New: func() any { return new(buffer) }}},
	})
	if err != nil {
		return nil, err
	}
	defer stopBase()

	var figures []figure
	for _, k := range []struct {
		name  string
		body  int64
		calls int
	}{{"8 MiB PUTs", 8 << 20, int(s.bytes / (8 << 20))}, {"1 KiB requests", 1 << 10, s.calls}} {
		a, b, ratio, err := pairs(s.pairs,
			func() (float64, error) { return throughput(ctx, ours, k.body, k.calls) },
			func() (float64, error) { return throughput(ctx, base, k.body, k.calls) })
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			name: "fault server and proxy, " + k.name, ours: fmt.Sprintf("%.0f/s", a), base: fmt.Sprintf("%.0f/s ReverseProxy", b),
			measured: ratio, bar: 0.95, slack: margin,
		})
	}
	return figures, nil
}

// throughput sends requests through a proxy and returns how many it did per second.
func throughput(ctx context.Context, to string, body int64, calls int) (float64, error) {
	wire := &http.Transport{MaxIdleConnsPerHost: inFlight, DisableCompression: true}
	defer wire.CloseIdleConnections()
	content := workloads.Content(1, 1)
	start := time.Now()
	err := inParallel(inFlight, calls, func(n int) error {
		return put(ctx, wire, fmt.Sprintf("%s/bucket/object?partNumber=%d&uploadId=1", to, n+1), io.NewSectionReader(content, 0, body))
	})
	return float64(calls) / time.Since(start).Seconds(), err
}

type buffer [32 << 10]byte

type pool struct{ p sync.Pool }

func (p *pool) Get() []byte  { return p.p.Get().(*buffer)[:] }
func (p *pool) Put(b []byte) { p.p.Put((*buffer)(b)) }

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
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/workloads"
)

// proxy compares the way to a real backend (streaming proxy behind a fault server with twenty rules that look at every
// request and let it pass, and with its ledger on disk) with an httputil.ReverseProxy with the same Transport settings and
// a buffer pool, and with toxiproxy.
func proxy(ctx context.Context, s size) (figures []figure, err error) {
	err = withLedger(ctx, func(sink func(*record.LedgerRow)) error {
		figures, err = compareProxies(ctx, s, sink)
		return err
	})
	return figures, err
}

func compareProxies(ctx context.Context, s size, sink func(*record.LedgerRow)) ([]figure, error) {
	backend, stop, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	if err != nil {
		return nil, err
	}
	defer stop()
	to, err := url.Parse(backend)
	if err != nil {
		return nil, err
	}
	server, err := faultserver.New(faultserver.Options{Rules: idleRules(), Sink: sink})
	if err != nil {
		return nil, err
	}
	ours, stopOurs, err := serve(server.Handler(s3.NewProxy(s3.ProxyConfig{Endpoint: to}), ops.S3))
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

	toxi, stopToxi, err := toxiproxy(ctx, to.Host)
	if err != nil {
		return nil, err
	}
	defer stopToxi()

	var figures []figure
	for _, k := range []struct {
		name, yardstick, url string
		body                 int64
		calls                int
		bar                  float64
	}{
		{"fault server and proxy, 8 MiB PUTs", "ReverseProxy", base, 8 << 20, int(s.bytes / (8 << 20)), 0.95},
		{"fault server and proxy, 1 KiB requests", "ReverseProxy", base, 1 << 10, s.calls, 0.95},
		{"fault server and proxy, 8 MiB PUTs", "toxiproxy", toxi, 8 << 20, int(s.bytes / (8 << 20)), 1.5},
	} {
		a, b, ratio, err := pairs(s.pairs,
			func() (float64, error) { return throughput(ctx, ours, k.body, k.calls) },
			func() (float64, error) { return throughput(ctx, k.url, k.body, k.calls) })
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			name: k.name, ours: fmt.Sprintf("%.0f/s", a), base: fmt.Sprintf("%.0f/s %s", b, k.yardstick),
			measured: ratio, bar: k.bar, slack: margin,
		})
	}
	return figures, nil
}

// idleRules match every field of the ratios' requests but their last.
func idleRules() []faultserver.Rule {
	rules := make([]faultserver.Rule, 20)
	for i := range rules {
		rules[i] = faultserver.Rule{
			Name:  fmt.Sprintf("rule-%d", i),
			Match: faultserver.Match{Op: []string{ops.UploadPart}, Key: "obj*", Parts: []int{9999}},
			Do:    faults.Of(&faults.Status{Code: 503}),
		}
	}
	return rules
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

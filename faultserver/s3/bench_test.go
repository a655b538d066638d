package s3

import (
	"bytes"
	"crypto/md5"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
)

// The benchmarks here compare two sides in one run: every iteration is one pair, first of one side and then of the other
// or the other way round, so that whatever else the machine does hits both. ratio is the median over the pairs; run
// with -benchtime 10x.

const (
	benchPart     = 8 << 20
	benchInFlight = 8
)

// side is one of the two: urls are sent to in turn.
type side struct {
	client *http.Client
	urls   []string
	body   []byte
}

func newSide(b *testing.B, body []byte, urls ...string) *side {
	t := &http.Transport{MaxIdleConnsPerHost: benchInFlight}
	b.Cleanup(t.CloseIdleConnections)
	return &side{client: &http.Client{Transport: t}, urls: urls, body: body}
}

// round sends n requests, benchInFlight at a time, and returns how long they took.
func (s *side) round(b *testing.B, n int) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for w := range benchInFlight {
		wg.Go(func() {
			for i := w; i < n; i += benchInFlight {
				req, err := http.NewRequest(http.MethodPut, s.urls[i%len(s.urls)], bytes.NewReader(s.body))
				if err != nil {
					b.Error(err)
					return
				}
				resp, err := s.client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					b.Errorf("status %d", resp.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// compare runs pairs of rounds of n requests and reports both sides and the ratio of their speeds.
func compare(b *testing.B, n int, ours, bare *side) {
	ours.round(b, benchInFlight) // warm: connections, pools
	bare.round(b, benchInFlight)
	var ratios []float64
	var sum [2]time.Duration
	for b.Loop() {
		var took [2]time.Duration
		for i := range took {
			if k := (i + len(ratios)) % 2; k == 0 {
				took[0] = ours.round(b, n)
			} else {
				took[1] = bare.round(b, n)
			}
		}
		sum[0], sum[1] = sum[0]+took[0], sum[1]+took[1]
		ratios = append(ratios, took[1].Seconds()/took[0].Seconds())
	}
	slices.Sort(ratios)
	median := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
	done := float64(n * len(ratios))
	if len(ours.body) >= 1<<20 {
		done *= float64(len(ours.body)) / (1 << 20)
		b.ReportMetric(done/sum[0].Seconds(), "ours-MiB/s")
		b.ReportMetric(done/sum[1].Seconds(), "bare-MiB/s")
	} else {
		b.ReportMetric(done/sum[0].Seconds(), "ours-req/s")
		b.ReportMetric(done/sum[1].Seconds(), "bare-req/s")
	}
	b.ReportMetric(median, "ratio")
	b.ReportMetric(0, "ns/op") // a pair's time says nothing
}

// hashOnly is the bare side: it only computes the MD5 of the body, reading as the server does.
var hashOnly = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
	buf := buffers.Get().(*[receiveBuffer]byte)
	defer buffers.Put(buf)
	hash := md5.New()
	_, _ = io.CopyBuffer(hash, r.Body, buf[:])
	hash.Sum(nil)
})

// BenchmarkUploadPart compares the embedded server with a handler that only hashes: parts of 8 MiB, 8 in flight, to
// URLs that were presigned before. The bar is 0.95.
func BenchmarkUploadPart(b *testing.B) {
	const parts = 32
	shared := body(benchPart, 1)
	srv, err := New(Config{AccessKey: testKey, SecretKey: testSecret, Buckets: []string{testBucket}})
	if err != nil {
		b.Fatal(err)
	}
	hs, bare := httptest.NewServer(srv), httptest.NewServer(hashOnly)
	b.Cleanup(hs.Close)
	b.Cleanup(bare.Close)
	core := newCore(b, hs.Listener.Addr().String(), testKey, testSecret, "us-east-1")
	id, err := core.NewMultipartUpload(b.Context(), testBucket, "k", minio.PutObjectOptions{})
	if err != nil {
		b.Fatal(err)
	}
	var urls []string
	for n := range parts {
		urls = append(urls, presign(b, core, "k", id, n+1, time.Hour))
	}
	compare(b, parts, newSide(b, shared, urls...), newSide(b, shared, bare.URL))
}

// BenchmarkProxy compares the proxy with an httputil.ReverseProxy of the same transport, buffers and connections, before
// a handler that drops the body. The bar is 0.95 for both sizes.
func BenchmarkProxy(b *testing.B) {
	for _, bench := range []struct {
		name string
		size int
		n    int // requests of a round
	}{{"8MiB", benchPart, 32}, {"1KiB", 1 << 10, 2000}} {
		b.Run(bench.name, func(b *testing.B) {
			drop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				buf := buffers.Get().(*[receiveBuffer]byte)
				defer buffers.Put(buf)
				_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Body, buf[:])
			}))
			b.Cleanup(drop.Close)
			endpoint, err := url.Parse(drop.URL)
			if err != nil {
				b.Fatal(err)
			}
			plain := httputil.NewSingleHostReverseProxy(endpoint)
			plain.Transport, plain.BufferPool = NewProxyTransport(), proxyBuffers
			front, bare := front(b, endpoint), httptest.NewServer(plain)
			b.Cleanup(bare.Close)
			b.Cleanup(plain.Transport.(*http.Transport).CloseIdleConnections)
			shared := body(bench.size, 1)
			compare(b, bench.n, newSide(b, shared, "http://"+front), newSide(b, shared, bare.URL))
		})
	}
}

package main

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

const (
	partSize = 8 << 20
	inFlight = 8
)

// upload compares a whole trial (multipart upload through contestant, recorder and fault server to the embedded S3
// server, no faults) with a bare loop of PUTs to a handler that only hashes what it gets.
func upload(ctx context.Context, s size) ([]figure, error) {
	ours, closeOurs, err := trial(ctx, s.bytes)
	if err != nil {
		return nil, err
	}
	defer closeOurs()
	a, b, ratio, err := pairs(s.pairs, ours, func() (float64, error) { return barePUTs(ctx, s.bytes) })
	if err != nil {
		return nil, err
	}
	return []figure{{
		name: "goodput, 8 MiB parts, 8 in flight", ours: fmt.Sprintf("%.0f MiB/s", a), base: fmt.Sprintf("%.0f MiB/s bare PUTs", b),
		measured: ratio, bar: 0.95, slack: margin,
	}}, nil
}

// trial returns a function that runs one trial and returns its goodput in MiB/s.
func trial(ctx context.Context, bytes int64) (run func() (float64, error), done func(), err error) {
	s, err := scenarios.Parse("ratio", fmt.Appendf(nil, `
version: 1
name: ratio
workload: {object_size: %dB, part_size: %dB, concurrency: %d}
contestants: [exponential]
oracle: false
`, bytes, partSize, inFlight), nil)
	if err != nil {
		return nil, nil, err
	}
	site, err := target.NewSite(ctx, s, nil)
	if err != nil {
		return nil, nil, err
	}
	contestant, err := contestants.New("exponential", "", nil)
	if err != nil {
		return nil, nil, err
	}
	work := &workloads.Upload{ObjectSize: bytes, Objects: 1, Seed: 1}
	run = func() (goodput float64, err error) {
		dir, err := os.MkdirTemp("", "ratios-")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
		folder, err := record.Create(dir)
		if err != nil {
			return 0, err
		}
		defer folder.Close()
		err = runner.Run(ctx, runner.Config{
			Plan: runner.NewPlan(runner.Grid{
				Contestants: []string{"exponential"}, PartSizes: []int64{partSize}, Concurrencies: []int{inFlight}, Repeats: 1,
			}),
			Contestants: map[string]runner.Contestant{"exponential": contestant}, Workload: work, Clients: 1,
			Open: site.Open, Folder: folder,
			Progress: func(e runner.Event) {
				if e.Row != nil {
					goodput = e.Row.GoodputMiBs
				}
			},
		})
		return goodput, err
	}
	return run, func() { _ = site.Close(context.WithoutCancel(ctx)) }, nil
}

// serve runs a handler on a free loopback port.
func serve(h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: h}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l) // returns when stop is called
	}()
	return "http://" + l.Addr().String(), func() { srv.Close(); <-ended }, nil
}

// barePUTs is the yardstick: net/http on both sides and nothing else but MD5.
func barePUTs(ctx context.Context, bytes int64) (float64, error) {
	url, stop, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := md5.New()
		if _, err := io.Copy(h, r.Body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf("%x", h.Sum(nil)))
	}))
	if err != nil {
		return 0, err
	}
	defer stop()
	wire := &http.Transport{MaxIdleConnsPerHost: inFlight, DisableCompression: true}
	defer wire.CloseIdleConnections()
	content := workloads.Content(1, 1)
	start := time.Now()
	if err := inParallel(inFlight, int(bytes/partSize), func(n int) error {
		return put(ctx, wire, url, io.NewSectionReader(content, int64(n)*partSize, partSize))
	}); err != nil {
		return 0, err
	}
	return float64(bytes) / (1 << 20) / time.Since(start).Seconds(), nil
}

// put sends one body.
func put(ctx context.Context, wire http.RoundTripper, url string, body *io.SectionReader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, io.NopCloser(body))
	if err != nil {
		return err
	}
	req.ContentLength = body.Size()
	resp, err := wire.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a PUT was answered %s", resp.Status)
	}
	return nil
}

// inParallel calls do for 0 to n-1 from a number of workers.
func inParallel(workers, n int, do func(int) error) error {
	jobs := make(chan int, n)
	for i := range n {
		jobs <- i
	}
	close(jobs)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range jobs {
				if errs[w] = do(i); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

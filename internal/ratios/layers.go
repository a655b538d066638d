package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/workloads"
)

// layers measures what a stack adds to an attempt that succeeds at once, over a wire that answers without doing
// anything, for a small body and a large one.
func layers(_ context.Context, _ size) ([]figure, error) {
	var figures []figure
	for _, name := range []string{"exponential", "ghga-python"} {
		made, err := contestants.New(name, "", nil)
		if err != nil {
			return nil, err
		}
		k, ok := made.(runner.StackContestant)
		if !ok {
			return nil, fmt.Errorf("%s is no stack", name)
		}
		stack := k.RoundTripper(runner.Client{Wire: answer{}, Rand: rand.New(rand.NewPCG(1, 1))})
		for _, body := range []int64{1 << 10, 8 << 20} {
			with, bare := roundTrips(stack, body), roundTrips(answer{}, body)
			title := fmt.Sprintf("layers of %s, %d KiB body", name, body>>10)
			figures = append(figures, figure{
				name: title + ", time", ours: fmt.Sprintf("%d ns", with.NsPerOp()), base: fmt.Sprintf("%d ns bare wire", bare.NsPerOp()),
				measured: float64(with.NsPerOp()-bare.NsPerOp()) / 1000, bar: 1, atMost: true, slack: 0.5, unit: " µs",
			}, figure{
				name: title + ", allocations", ours: fmt.Sprint(with.AllocsPerOp()), base: fmt.Sprintf("%d bare wire", bare.AllocsPerOp()),
				measured: float64(with.AllocsPerOp() - bare.AllocsPerOp()), bar: 3, atMost: true,
			}, figure{
				name: title + ", bytes allocated", ours: fmt.Sprint(with.AllocedBytesPerOp()), base: fmt.Sprintf("%d bare wire", bare.AllocedBytesPerOp()),
				measured: float64(with.AllocedBytesPerOp() - bare.AllocedBytesPerOp()), bar: 1024, atMost: true,
			})
		}
	}
	return figures, nil
}

// answer is a wire that says yes.
type answer struct{}

func (answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, r.Body.Close()
}

// roundTrips measures requests with a body that can be replayed and that nobody reads.
func roundTrips(t http.RoundTripper, size int64) testing.BenchmarkResult {
	content := workloads.Content(1, 1)
	req, err := http.NewRequest(http.MethodPut, "http://bucket/key", nil)
	if err != nil {
		panic(err) // the address is a constant
	}
	req.ContentLength = size
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(content, 0, size)), nil }
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			req.Body = io.NopCloser(io.NewSectionReader(content, 0, size))
			resp, err := t.RoundTrip(req)
			if err != nil {
				b.Fatal(err)
			}
			resp.Body.Close()
		}
	})
}

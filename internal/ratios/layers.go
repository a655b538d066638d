package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// layers measures what a stack adds to an attempt that succeeds at once, over a wire that answers without doing
// anything, for a small body and a large one: first stacks of our own, then the whole one of retry, rate limit and budget, beside the
// RoundTrippers of two libraries that do less.
func layers(_ context.Context, _ size) ([]figure, error) {
	var figures []figure
	for _, name := range []string{"exponential", "ghga-python"} {
		stack, err := contestant(name)
		if err != nil {
			return nil, err
		}
		for _, body := range []int64{1 << 10, 8 << 20} {
			figures = append(figures, costs("layers of "+name, stack, body, 1, 3)...)
		}
	}
	whole, err := transport.New(transport.Config{
		Wire: answer{}, Budget: &strategies.FinagleBudget{}, Gates: []strategies.Gate{&strategies.TokenBucket{Rate: 1e9, Burst: 1e6}},
	})
	if err != nil {
		return nil, err
	}
	for _, body := range []int64{1 << 10, 8 << 20} {
		figures = append(figures, costs("retry + rate limit + budget", whole, body, 0.5, 2)...)
	}
	return beside(figures, len(figures)-6)
}

func contestant(name string) (http.RoundTripper, error) {
	made, err := contestants.New(name, "", nil)
	if err != nil {
		return nil, err
	}
	k, ok := made.(runner.StackContestant)
	if !ok {
		return nil, fmt.Errorf("%s is no stack", name)
	}
	return k.RoundTripper(runner.Client{Wire: answer{}, Rand: rand.New(rand.NewPCG(1, 1))}), nil
}

// costs are the time, the allocations and the bytes that a stack adds.
func costs(name string, stack http.RoundTripper, body int64, us, allocations float64) []figure {
	with, bare := roundTrips(stack, body), roundTrips(answer{}, body)
	title := fmt.Sprintf("%s, %d KiB body", name, body>>10)
	return []figure{{
		name: title + ", time", ours: fmt.Sprintf("%d ns", with.NsPerOp()), base: fmt.Sprintf("%d ns bare wire", bare.NsPerOp()),
		measured: float64(with.NsPerOp()-bare.NsPerOp()) / 1000, bar: us, atMost: true, slack: us / 2, unit: " µs",
	}, {
		name: title + ", allocations", ours: fmt.Sprint(with.AllocsPerOp()), base: fmt.Sprintf("%d bare wire", bare.AllocsPerOp()),
		measured: float64(with.AllocsPerOp() - bare.AllocsPerOp()), bar: allocations, atMost: true,
	}, {
		name: title + ", bytes allocated", ours: fmt.Sprint(with.AllocedBytesPerOp()), base: fmt.Sprintf("%d bare wire", bare.AllocedBytesPerOp()),
		measured: float64(with.AllocedBytesPerOp() - bare.AllocedBytesPerOp()), bar: 1024, atMost: true,
	}}
}

// beside puts what the libraries need into the column of the yardstick, from a figure on.
func beside(figures []figure, from int) ([]figure, error) {
	for _, name := range []string{"failsafe-go", "go-retryablehttp"} {
		stack, err := contestant(name)
		if err != nil {
			return nil, err
		}
		for i, body := range []int64{1 << 10, 8 << 20} {
			r := roundTrips(stack, body)
			for n, text := range []string{
				fmt.Sprintf("%s %d ns", name, r.NsPerOp()), fmt.Sprintf("%s %d", name, r.AllocsPerOp()), fmt.Sprintf("%s %d", name, r.AllocedBytesPerOp()),
			} {
				figures[from+3*i+n].base += ", " + text
			}
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

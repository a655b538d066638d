package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/tally"
	"github.com/ratebench/ratebench/internal/units"
)

// decide measures what the fault server adds to one request: twenty rules, identity, dice and a row of the ledger on disk
// included; and whether its memory stays as it is over very many requests for ever new objects.
//
// A server at work has a heap, of stored parts or of what is on its way. On an empty one the collector would run every three thousand
// requests, and the figure would tell how busy the machine's other core is: so it runs as seldom as on one of 32 MiB.
func decide(ctx context.Context, s size) ([]figure, error) {
	usual := debug.SetGCPercent(800)
	defer debug.SetGCPercent(usual)
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	var figures []figure
	for _, k := range []struct {
		name string
		rule func(r *faultserver.Rule)
	}{
		{"last field does not match", func(*faultserver.Rule) {}},
		{"all roll their dice", func(r *faultserver.Rule) {
			r.Match.Parts, r.When.Probability = nil, units.Share(1e-12)
		}},
	} {
		rules := idleRules()
		for i := range rules {
			k.rule(&rules[i])
		}
		var failed error
		run := func(b *testing.B) {
			failed = withLedger(ctx, func(sink func(*record.LedgerRow)) error {
				fs, err := faultserver.New(faultserver.Options{Rules: rules, Sink: sink})
				if err != nil {
					return err
				}
				h := fs.Handler(next, ops.S3)
				r := httptest.NewRequest(http.MethodPut, "/bucket/object?partNumber=1&uploadId=1", nil)
				w := httptest.NewRecorder()
				b.ReportAllocs()
				for b.Loop() {
					h.ServeHTTP(w, r)
				}
				return nil
			})
		}
		best := testing.Benchmark(run)
		for range 2 { // what else the machine does only makes it slower
			if again := testing.Benchmark(run); again.NsPerOp() < best.NsPerOp() {
				best = again
			}
		}
		if failed != nil {
			return nil, failed
		}
		figures = append(figures,
			figure{name: "deciding on a request, 20 rules, " + k.name, ours: fmt.Sprintf("%d ns", best.NsPerOp()),
				measured: float64(best.NsPerOp()) / 1000, bar: 2, atMost: true, slack: 0.5, unit: " µs"},
			figure{name: "deciding on a request, 20 rules, " + k.name + ", allocations", ours: fmt.Sprint(best.AllocsPerOp()),
				measured: float64(best.AllocsPerOp()), bar: 2, atMost: true})
	}
	debug.SetGCPercent(usual)
	flat, err := flatness(ctx, s)
	return append(figures, flat), err
}

// withLedger lends a sink that writes to a file, as serve does.
func withLedger(ctx context.Context, do func(sink func(*record.LedgerRow)) error) error {
	file, err := os.CreateTemp("", "ratios-*.jsonl")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	w := record.NewLedgerWriter(file)
	ctx, stop := context.WithCancel(ctx)
	kept := make(chan error, 1)
	go func() { kept <- w.Keep(ctx, nil) }()
	err = do(w.Write)
	stop()
	if kerr := <-kept; err == nil {
		err = kerr
	}
	return err
}

// flatness compares the heap after the first third of very many requests with that after all of them.
func flatness(ctx context.Context, s size) (figure, error) {
	third := s.requests / 3
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapInuse) / (1 << 20)
	}
	var early, late float64
	err := withLedger(ctx, func(sink func(*record.LedgerRow)) error {
		tl := tally.New()
		fs, err := faultserver.New(faultserver.Options{Rules: idleRules(), Remember: third / 4, Sink: func(r *record.LedgerRow) { sink(r); tl.Add(r) }})
		if err != nil {
			return err
		}
		h := fs.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ops.S3)
		w := httptest.NewRecorder()
		for i := range s.requests {
			if i == third {
				early = heap()
			}
			h.ServeHTTP(w, httptest.NewRequest(http.MethodPut, fmt.Sprintf("/bucket/object-%d?partNumber=1&uploadId=1", i), nil))
		}
		late = heap()
		runtime.KeepAlive(fs)
		return nil
	})
	return figure{
		name: fmt.Sprintf("heap grown from request %d to %d, each for another object", third, s.requests), ours: fmt.Sprintf("%.0f to %.0f MiB", early, late),
		measured: late - early, bar: 16, atMost: true, unit: " MiB",
	}, err
}

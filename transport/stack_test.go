package transport_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

func Example() {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "attempt %d brought %s", n, body)
	}))
	defer server.Close()

	policy := strategies.Policy{
		Attempts: 5,
		Backoff:  strategies.FullJitter{Of: strategies.Exponential{Base: time.Millisecond, Cap: time.Second}},
		When:     strategies.Transient(),
	}
	client := &http.Client{Transport: transport.Stack(http.DefaultTransport, transport.Retry(policy.For))}
	req, err := http.NewRequest(http.MethodPut, server.URL, strings.NewReader("a part"))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	fmt.Println(resp.Status, "after", n, "attempts")
	// Output: 200 OK after 3 attempts
}

func TestStackOrder(t *testing.T) {
	var order []string
	layer := func(name string) transport.Layer {
		return func(next http.RoundTripper) http.RoundTripper {
			return noop{func() { order = append(order, name) }, next}
		}
	}
	rt := transport.Stack(noop{}, layer("outer"), layer("middle"), layer("inner"))
	rt.RoundTrip(&http.Request{})
	if got := strings.Join(order, " "); got != "outer middle inner" {
		t.Errorf("passed %s", got)
	}
	if wire := (noop{}); transport.Stack(&wire) != http.RoundTripper(&wire) {
		t.Error("a stack without layers is not its wire")
	}
}

// noop is a wire that answers 200 and does no work.
type noop struct {
	before func()
	next   http.RoundTripper
}

var ok200 = &http.Response{StatusCode: 200, Body: http.NoBody}

func (n noop) RoundTrip(req *http.Request) (*http.Response, error) {
	if n.before != nil {
		n.before()
	}
	if n.next != nil {
		return n.next.RoundTrip(req)
	}
	return ok200, nil
}

func stacks() map[string]http.RoundTripper {
	policy := strategies.Policy{
		Attempts: 5,
		Backoff:  strategies.FullJitter{Of: strategies.Exponential{Base: 100 * time.Millisecond, Cap: 10 * time.Second}},
		When:     strategies.Transient(),
	}
	limit := transport.DefaultGHGARateLimit()
	limit.Rand = rand.New(rand.NewPCG(1, 2))
	return map[string]http.RoundTripper{
		"bare":        noop{},
		"exponential": transport.Stack(noop{}, transport.Retry(policy.For, transport.Seeded(rand.New(rand.NewPCG(1, 2))))),
		"ghga-python": transport.Stack(noop{}, transport.GHGARetry(transport.DefaultGHGARetry()), transport.GHGARateLimit(limit)),
		"gated":       transport.Stack(noop{}, transport.Gated(openGate{})),
		"new":         full(),
	}
}

// full is a stack of retry, rate limit and budget, with the hooks and counters that everybody has.
func full() http.RoundTripper {
	rt, err := transport.New(transport.Config{
		Wire: noop{}, Budget: &strategies.FinagleBudget{}, Gates: []strategies.Gate{&strategies.SharedPause{}}, Counters: new(transport.Counters),
	})
	if err != nil {
		panic(err)
	}
	return rt
}

type openGate struct{}

func (openGate) Admit(time.Time, *strategies.Call) strategies.Verdict { return strategies.Verdict{} }
func (openGate) Done(time.Time, *strategies.Call, strategies.Outcome) {}

// The bar: 2 allocations per attempt that succeeds at once, whatever the size of the body.
func TestStackAllocations(t *testing.T) {
	for name, rt := range stacks() {
		for _, size := range []int{1 << 10, 8 << 20} {
			req, err := http.NewRequest(http.MethodPut, "http://s3.test/bucket/key", bytes.NewReader(make([]byte, size)))
			if err != nil {
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(100, func() { rt.RoundTrip(req) }); n > 2 {
				t.Errorf("%s with %d bytes makes %v allocations, at most 2 are allowed", name, size, n)
			}
		}
	}
}

// BenchmarkStack measures what a stack's layers cost per attempt that succeeds at once; the bar is 1 µs.
func BenchmarkStack(b *testing.B) {
	all := stacks()
	for _, name := range []string{"bare", "exponential", "ghga-python", "gated", "new"} {
		for _, size := range []int{1 << 10, 8 << 20} {
			b.Run(fmt.Sprintf("stack=%s/body=%dKiB", name, size>>10), func(b *testing.B) {
				req, err := http.NewRequest(http.MethodPut, "http://s3.test/bucket/key", bytes.NewReader(make([]byte, size)))
				if err != nil {
					b.Fatal(err)
				}
				rt := all[name]
				b.ReportAllocs()
				for b.Loop() {
					rt.RoundTrip(req)
				}
			})
		}
	}
}

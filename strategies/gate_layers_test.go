package strategies_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// server is a wire: it takes a while, and answers every third attempt or so with trouble.
type server struct {
	takes    time.Duration
	trouble  int // in so many of ten
	inFlight atomic.Int64
	most     atomic.Int64
	served   atomic.Int64
	mu       sync.Mutex
	rnd      *rand.Rand
}

func newServer(takes time.Duration, trouble int) *server {
	return &server{takes: takes, trouble: trouble, rnd: rand.New(rand.NewPCG(1, 2))}
}

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	n := s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
	}
	s.mu.Lock()
	dice, more := s.rnd.IntN(10), time.Duration(s.rnd.Int64N(int64(s.takes)))
	s.mu.Unlock()
	time.Sleep(s.takes + more)
	s.served.Add(1)
	h, code := http.Header{}, 200
	if dice < s.trouble {
		code = []int{429, 500, 503}[dice%3]
		if dice == 0 {
			h.Set("Retry-After", "1")
		}
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(""))}, nil
}

// through sends many requests through a gate at once, and returns how many got an answer, and how many were refused.
func through(t *testing.T, g strategies.Gate, wire http.RoundTripper, goroutines, each int) (answered, refused int64) {
	rt := transport.Stack(wire, transport.Gated(g))
	var yes, no atomic.Int64
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * time.Microsecond)
			for range each {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://s3.test/bucket/key", strings.NewReader("0123456789"))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := rt.RoundTrip(req); err == nil {
					yes.Add(1)
				} else if _, ok := errors.AsType[*strategies.Refused](err); ok {
					no.Add(1)
				} else {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return yes.Load(), no.Load()
}

// Every gate carries many goroutines through a server in trouble; a lost wake-up would be a deadlock here.
func TestGatesThroughTheLayer(t *testing.T) {
	const sec, ms = time.Second, time.Millisecond
	for _, tt := range []struct {
		name    string
		gate    func() strategies.Gate
		refuses bool
	}{
		{"shared pause", func() strategies.Gate { return &strategies.SharedPause{Jitter: 100 * ms, Cap: sec} }, false},
		{"token bucket", func() strategies.Gate { return &strategies.TokenBucket{Rate: 100, Burst: 10} }, false},
		{"token bucket of bytes", func() strategies.Gate { return &strategies.TokenBucket{Rate: 1000, Burst: 5, Bytes: true} }, false},
		{"AIMD rate", func() strategies.Gate { return &strategies.AIMDRate{} }, false},
		{"AWS rate", func() strategies.Gate { return &strategies.AWSCubic{} }, false},
		{"adaptive throttle", func() strategies.Gate { return &strategies.SREThrottle{} }, true},
		{"AIMD limit", func() strategies.Gate { return &strategies.AIMDLimit{Min: 1} }, false},
		{"Vegas limit", func() strategies.Gate { return &strategies.VegasLimit{} }, false},
		{"Gradient2 limit", func() strategies.Gate { return &strategies.Gradient2Limit{Min: 1} }, false},
		{"breaker", func() strategies.Gate { return &strategies.Breaker{Failures: 2, Open: 100 * ms} }, true},
		{"waiting breaker", func() strategies.Gate { return &strategies.Breaker{Failures: 2, Open: 100 * ms, Wait: true} }, false},
		{"bulkhead", func() strategies.Gate { return &strategies.Bulkhead{Max: 7} }, false},
		{"impatient bulkhead", func() strategies.Gate { return &strategies.Bulkhead{Max: 7, MaxQueue: 100, MaxWait: 200 * ms} }, true},
		{"server limits", func() strategies.Gate { return &strategies.ServerLimits{} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire := newServer(20*ms, 3)
				yes, no := through(t, tt.gate(), wire, 200, 3)
				if yes+no != 600 || yes == 0 || yes != wire.served.Load() || !tt.refuses && no > 0 {
					t.Errorf("%d answered, %d refused, %d served", yes, no, wire.served.Load())
				}
				if strings.HasSuffix(tt.name, "bulkhead") && wire.most.Load() > 7 {
					t.Errorf("%d in flight", wire.most.Load())
				}
			})
		})
	}
}

func TestTokenBucketThroughTheLayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		through(t, &strategies.TokenBucket{Rate: 100, Burst: 50}, newServer(time.Millisecond, 0), 500, 3)
		if took := time.Since(start); took < 14500*time.Millisecond || took > 14510*time.Millisecond {
			t.Errorf("1500 attempts at 100 per second with a burst of 50 take %v", took)
		}
	})
}

// A bulkhead below the retries is free while a call backs off: a call that backs off for a minute holds up nobody.
func TestBulkheadIsFreeDuringBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &strategies.Bulkhead{Max: 1}
		wire := &first503{}
		policy := strategies.Policy{Attempts: 2, Backoff: strategies.Exponential{Base: time.Minute}, When: strategies.Transient()}
		rt := transport.Stack(wire, transport.Retry(func(c *strategies.Call) strategies.Retrier {
			c.Rand = nil // no jitter
			return policy.For(c)
		}), transport.Gated(gate))
		start := time.Now()
		var wg sync.WaitGroup
		send := func(name string, after, want time.Duration) {
			wg.Go(func() {
				time.Sleep(after)
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://s3.test/"+name, strings.NewReader("x"))
				resp, err := rt.RoundTrip(req)
				if err != nil || resp.StatusCode != 200 || time.Since(start) != want {
					t.Errorf("%s: %v, %v after %v, want %v", name, resp, err, time.Since(start), want)
				}
			})
		}
		send("fails", 0, 62*time.Second) // 1 s, a minute, 1 s
		send("waits", 500*time.Millisecond, 2*time.Second)
		send("later", 10*time.Second, 11*time.Second)
		wg.Wait()
		if wire.most.Load() != 1 {
			t.Errorf("%d were in flight at once", wire.most.Load())
		}
	})
}

// first503 takes a second, and answers the first attempt at /fails with 503.
type first503 struct {
	failed         atomic.Bool
	inFlight, most atomic.Int64
}

func (w *first503) RoundTrip(req *http.Request) (*http.Response, error) {
	w.most.Store(max(w.most.Load(), w.inFlight.Add(1)))
	defer w.inFlight.Add(-1)
	time.Sleep(time.Second)
	code := 200
	if req.URL.Path == "/fails" && !w.failed.Swap(true) {
		code = 503
	}
	return &http.Response{StatusCode: code, Body: http.NoBody}, nil
}

// Waiters that are cancelled at any moment lose no wake-up and no place.
func TestGatesWithCancelledWaiters(t *testing.T) {
	for _, tt := range []struct {
		name string
		gate func() strategies.Gate
	}{
		{"token bucket", func() strategies.Gate { return &strategies.TokenBucket{Rate: 200} }},
		{"bulkhead", func() strategies.Gate { return &strategies.Bulkhead{Max: 5} }},
		{"AIMD limit", func() strategies.Gate { return &strategies.AIMDLimit{Min: 1, Initial: 5} }},
		{"AIMD rate", func() strategies.Gate { return &strategies.AIMDRate{Start: 200} }},
		{"waiting breaker", func() strategies.Gate {
			return &strategies.Breaker{Wait: true, Failures: 3, Open: 50 * time.Millisecond}
		}},
		{"server limits", func() strategies.Gate { return &strategies.ServerLimits{} }},
		{"per key", func() strategies.Gate {
			return &strategies.PerKey{New: func() strategies.Gate { return &strategies.Bulkhead{Max: 3} }}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := tt.gate()
				var wg sync.WaitGroup
				for i := range 300 {
					wg.Go(func() {
						rnd := rand.New(rand.NewPCG(uint64(i), 9))
						for range 5 {
							ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rnd.Int64N(int64(2*time.Second))))
							ask(ctx, g, rnd)
							cancel()
						}
					})
				}
				wg.Wait()
				// Nothing is taken for ever.
				for range 10 {
					ask(t.Context(), g, rand.New(rand.NewPCG(1, 9)))
				}
			})
		})
	}
}

// ask is an attempt: it asks, waits, leaves when the context ends, and is done.
func ask(ctx context.Context, g strategies.Gate, rnd *rand.Rand) {
	c := &strategies.Call{Key: "host", Bytes: 10, Rand: rnd}
	for {
		v := g.Admit(time.Now(), c)
		if v.Err != nil {
			return
		}
		if v.Go() {
			break
		}
		var timeout <-chan time.Time
		if v.Wait > 0 {
			timeout = time.After(v.Wait)
		}
		select {
		case <-timeout:
		case <-v.Changed:
		case <-ctx.Done():
			g.(strategies.Leaver).Leave(time.Now(), c)
			return
		}
	}
	start := time.Now()
	time.Sleep(time.Duration(1 + rnd.Int64N(int64(20*time.Millisecond))))
	o := strategies.Outcome{Status: []int{200, 200, 429, 500}[rnd.IntN(4)], Took: time.Since(start)}
	if rnd.IntN(4) == 0 {
		o.Hint.Limits = []strategies.Limit{
			{Policy: "p", HasLeft: true, Left: rnd.Int64N(50), Reset: time.Second, Quota: 50, Window: time.Second},
			{Policy: "c", Unit: strategies.UnitConcurrentRequests, Quota: 3, Reset: -1},
		}
	}
	g.Done(time.Now(), c, o)
}

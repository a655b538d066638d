package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// stalled is a body of which nothing comes until it is closed.
type stalled struct{ closed chan struct{} }

func newStalled() *stalled { return &stalled{make(chan struct{})} }

func (s *stalled) Read([]byte) (int, error) { <-s.closed; return 0, errors.New("closed") }
func (s *stalled) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}

// A body that stalls holds a retry up for a second, and no longer.
func TestStalledBodies(t *testing.T) {
	for _, kind := range []string{"text/plain", "application/xml"} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			w := roundTripper(func(req *http.Request) (*http.Response, error) {
				if n++; n > 1 {
					return status(200)
				}
				return &http.Response{StatusCode: 503, Header: http.Header{"Content-Type": {kind}}, Body: newStalled(), ContentLength: -1}, nil
			})
			start := time.Now()
			resp, err := steps{3}.layer()(w).RoundTrip(put(t, t.Context(), "x"))
			if err != nil || resp.StatusCode != 200 || time.Since(start) > 3*time.Second {
				t.Errorf("%s: %v, %v after %v", kind, resp, err, time.Since(start))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // and a failed copy does not hold up the answer
		n := 0
		var mu sync.Mutex
		w := roundTripper(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			n++
			first := n == 1
			mu.Unlock()
			if first {
				time.Sleep(2 * time.Second)
				return &http.Response{StatusCode: 503, Header: http.Header{}, Body: newStalled(), ContentLength: -1}, nil
			}
			time.Sleep(3 * time.Second)
			return status(200)
		})
		start := time.Now()
		resp, err := Hedged(Hedging{After: time.Second})(w).RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 200 || time.Since(start) != 4*time.Second {
			t.Errorf("%v, %v after %v", resp, err, time.Since(start))
		}
		resp.Body.Close()
	})
}

// One option for many calls, and one layer over two wires, share a source: the race detector watches.
func TestSeededIsShared(t *testing.T) {
	seeded := Seeded(rand.New(rand.NewPCG(1, 2)))
	policy := &strategies.Policy{Attempts: 2, When: strategies.Transient(), Backoff: strategies.FullJitter{Of: strategies.Constant{Base: time.Microsecond}}}
	layer := Retry(policy.For, seeded)
	limit := GHGARateLimit(GHGARateLimitConfig{PerRequestJitter: 1, Rand: rand.New(rand.NewPCG(1, 2))})
	var wg sync.WaitGroup
	for range 8 {
		wire := Stack(roundTripper(func(*http.Request) (*http.Response, error) { return status(503) }), layer, limit)
		wg.Go(func() {
			Do(t.Context(), policy, func(context.Context) error { return &StatusError{Status: 503} }, seeded)
			if resp, err := wire.RoundTrip(put(t, t.Context(), "x")); err == nil {
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
}

// A breaker over the client's own gates does not take their refusals for the server's failures.
func TestBreakerDoesNotCountItsOwnGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt, err := New(Config{
			Breaker: &strategies.Breaker{Failures: 3, Open: time.Minute}, Gates: []strategies.Gate{&strategies.TokenBucket{Rate: 1}},
			Wire: &wire{answer: always(200)}, Hooks: []Hooks{},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			resp, err := rt.RoundTrip(put(t, ctx, "x"))
			cancel()
			if err == nil {
				resp.Body.Close()
			} else if !errors.Is(err, strategies.ErrTooLate) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		time.Sleep(10 * time.Second)
		resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
		if err != nil {
			t.Fatalf("the server never failed: %v", err)
		}
		resp.Body.Close()
	})
}

// Of several copies that failed the caller gets the hint.
func TestHedgedKeepsTheHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var mu sync.Mutex
		var sent []time.Duration
		start := time.Now()
		w := roundTripper(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			n++
			i := n
			sent = append(sent, time.Since(start))
			mu.Unlock()
			switch i {
			case 1:
				time.Sleep(2 * time.Second)
				return status(429, "Retry-After", "30")
			case 2:
				time.Sleep(3 * time.Second)
				return status(500)
			}
			return status(200)
		})
		resp, err := Stack(w, steps{3}.layer(), Hedged(Hedging{After: time.Second})).RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 200 || sent[2] < 32*time.Second {
			t.Errorf("%v, %v, sent at %v", resp, err, sent)
		}
		resp.Body.Close()
	})
}

// A panic of the wire reaches the caller, whatever goroutine it comes from.
func TestHedgedHandsPanicsOn(t *testing.T) {
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("recovered %v", got)
		}
	}()
	h := Hedged(Hedging{After: time.Hour})(roundTripper(func(*http.Request) (*http.Response, error) { panic(http.ErrAbortHandler) }))
	h.RoundTrip(put(t, t.Context(), "x"))
	t.Error("it came back")
}

// Loops over loops have budgets of their own.
func TestNestedBudgets(t *testing.T) {
	outer, inner := &strategies.InFlightBudget{Min: 1}, &strategies.TokenBudget{}
	policy := strategies.Policy{Attempts: 2, When: strategies.Transient()}
	n := 0
	w := roundTripper(func(*http.Request) (*http.Response, error) { n++; return status(503) })
	rt := Stack(w, Retry(policy.For, WithBudget(outer)), Retry(policy.For, WithBudget(inner)))
	for i := range 4 {
		n = 0
		resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if n != 4 {
			t.Errorf("call %d made %d attempts, want 4", i, n)
		}
	}
}

// What does not tell of a connection is not transient.
func TestErrorsThatAreNoConnection(t *testing.T) {
	policy := &strategies.Policy{Attempts: 3, When: strategies.Transient()}
	calls := 0
	err := Do(t.Context(), policy, func(context.Context) error {
		calls++
		_, err := os.Open("/nonexistent/file")
		return err
	})
	if !errors.Is(err, fs.ErrNotExist) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// A refusal after an attempt tells of that attempt too.
func TestDoTellsWhatWentBefore(t *testing.T) {
	g := &gate{admit: func(n int) strategies.Verdict {
		if n > 1 {
			return strategies.Verdict{Err: errClosed}
		}
		return strategies.Verdict{}
	}}
	mine := &StatusError{Status: 503, Code: "SlowDown"}
	err := Do(t.Context(), &strategies.Policy{Attempts: 3, When: strategies.Transient()}, func(context.Context) error { return mine }, WithGate(g))
	if !errors.Is(err, mine) || !errors.Is(err, errClosed) {
		t.Errorf("%v", err)
	}
}

// A refused POST was not sent, so it may be tried again if the rule says so.
func TestRetryOfARefusal(t *testing.T) {
	rule := strategies.Transient()
	rule.Errors = append(rule.Errors, strategies.Refusal)
	g := &gate{admit: func(n int) strategies.Verdict {
		if n == 1 {
			return strategies.Verdict{Err: errClosed}
		}
		return strategies.Verdict{}
	}}
	policy := strategies.Policy{Attempts: 2, When: rule}
	req := put(t, t.Context(), "x")
	req.Method = http.MethodPost
	resp, err := Stack(&wire{answer: always(200)}, Retry(policy.For), Gated(g)).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// The caller's TLS settings stay the caller's.
func TestNewClonesTLS(t *testing.T) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS13}
	if _, err := New(Config{Connections: &Connections{TLS: cfg}}); err != nil {
		t.Fatal(err)
	}
	rt, err := New(Config{Connections: &Connections{TLS: cfg, HTTP1Only: true}})
	if err != nil || len(cfg.NextProtos) != 0 || rt.(*client).wire.(*http.Transport).TLSClientConfig == cfg {
		t.Errorf("%v, %v", err, cfg.NextProtos)
	}
	cfg.NextProtos = []string{"h2"}
	if _, err := New(Config{Connections: &Connections{TLS: cfg, HTTP1Only: true}}); err == nil {
		t.Error("HTTP1Only with h2 is accepted")
	}
}

// A connection that was switched to another protocol can be written to.
func TestSwitchedProtocols(t *testing.T) {
	both := struct {
		io.Reader
		io.WriteCloser
	}{strings.NewReader(""), nopWriter{}}
	w := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 101, Header: http.Header{}, Body: both}, nil
	})
	for name, layer := range map[string]Layer{"timeout": AttemptTimeout(time.Minute), "hedged": Hedged(Hedging{After: time.Minute})} {
		resp, err := layer(w).RoundTrip(put(t, t.Context(), "x"))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := resp.Body.(io.Writer); !ok {
			t.Errorf("%s: the body of 101 cannot be written to", name)
		}
		resp.Body.Close()
	}
	bare := AttemptTimeout(time.Minute)(roundTripper(func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil }))
	resp, err := bare.RoundTrip(put(t, t.Context(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

type nopWriter struct{}

func (nopWriter) Write(p []byte) (int, error) { return len(p), nil }
func (nopWriter) Close() error                { return nil }

func TestNewRefusesMore(t *testing.T) {
	made, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	var none *strategies.TokenBudget
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Logger: slog.Default(), Hooks: []Hooks{}}, "Logger is for the default hooks"},
		{Config{HintJitter: time.Hour}, "over MaxHint 2m0s"},
		{Config{LongHint: 7}, "LongHint 7"},
		{Config{When: &strategies.Rule{Errors: []strategies.ErrorKind{strategies.NoError}}}, "NoError"},
		{Config{Wire: made}, "stack from New"},
		{Config{Backoff: &strategies.Exponential{Base: 20, Cap: 1}}, "over its cap"},
		{Config{Backoff: strategies.FullJitter{}}, "never waits"},
		{Config{Backoff: strategies.ScaledJitter{Of: strategies.Constant{Base: 1}, Low: 2, High: 1}}, "Low is over High"},
		{Config{Backoff: (*strategies.Exponential)(nil)}, "nil pointer"},
		{Config{Hedging: &Hedging{Share: 100}}, "over its Copies"},
		{Config{Hedging: &Hedging{After: 2}, Connections: &Connections{HeaderTimeout: 1}}, "HeaderTimeout"},
		{Config{Budget: none}, "nil pointer"},
	} {
		if _, err := New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, which should say %q", tt.cfg, err, tt.want)
		}
	}
}

// A wire's error may hold an address with a signature; the messages of layers do not repeat it.
func TestErrorsHoldNoQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("Put \"http://s3.test/k?X-Amz-Signature=secret\": %w", io.ErrUnexpectedEOF)
		})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := steps{3}.layer()(w).RoundTrip(put(t, ctx, "x"))
		if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	})
}

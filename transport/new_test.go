package transport

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// The zero value retries, obeys, and gives in to a server that asks for too much.
func TestNewZeroValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			name       string
			answer     func(int, *http.Request) (*http.Response, error)
			attempts   int
			low, high  time.Duration
			wantStatus int
		}{
			{"works", always(200), 1, 0, 0, 200},
			{"five attempts", always(503), 5, 0, 1500 * time.Millisecond, 503},
			{"a hint, and up to half a second more", statusOnce(429, "Retry-After", "3"), 2, 3 * time.Second, 3500 * time.Millisecond, 200},
			{"a hint of an hour", always(429, "Retry-After", "3600"), 1, 0, 0, 429},
		} {
			w := &wire{answer: tt.answer}
			rt, err := New(Config{Wire: w, Hooks: []Hooks{}})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if took := time.Since(start); resp.StatusCode != tt.wantStatus || len(w.bodies) != tt.attempts || took < tt.low || took > tt.high {
				t.Errorf("%s: %d after %d attempts and %v", tt.name, resp.StatusCode, len(w.bodies), took)
			}
		}
	})
}

// Every part is in its place: the breaker sees calls, the gates see attempts in their order, the timeout is below them.
func TestNewOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := func(int) strategies.Verdict { return strategies.Verdict{} }
		breaker, first, second := &gate{admit: open}, &gate{admit: open}, &gate{admit: open}
		var counted Counters
		var logged bytes.Buffer
		w, slow := slowWire(200, seconds(60, 60, 1)...)
		rt, err := New(Config{
			Attempts: 4, Backoff: strategies.Constant{Base: time.Second}, Budget: &strategies.FinagleBudget{},
			Breaker: breaker, Gates: []strategies.Gate{first, second}, AttemptTimeout: 10 * time.Second,
			Counters: &counted, Wire: slow, Key: ByBucket,
			Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}})),
		})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		resp.Body.Close()
		breaker.check(t, 1)
		first.check(t, 3)
		second.check(t, 3)
		if len(w.bodies) != 1 || counted.Snapshot().Attempts != 3 {
			t.Errorf("%d answers, counted %+v", len(w.bodies), counted.Snapshot())
		}
		if took := breaker.outcomes[0].Took; took != 23*time.Second {
			t.Errorf("the breaker was told of a call of %v", took)
		}
		if took := second.outcomes[0].Took; took != 10*time.Second {
			t.Errorf("a gate was told of an attempt of %v", took)
		}
		want := `level=INFO msg="attempt failed, another follows" target="PUT s3.test/bucket/key" attempt=1 elapsed=10s took=10s error=timeout wait=1s`
		if lines := strings.Split(logged.String(), "\n"); len(lines) != 3 || lines[0] != want {
			t.Errorf("logged\n%s", logged.String())
		}
	})
}

// Several layers see the same call, under the key that the factory was given.
func TestLayersShareTheCall(t *testing.T) {
	var seen []*strategies.Call
	watch := func() strategies.Gate { return watcher{&seen} }
	w := &wire{answer: statuses(503)}
	rt, err := New(Config{Backoff: strategies.None{}, Breaker: watch(), Gates: []strategies.Gate{watch(), watch()}, Wire: w, Key: ByBucket, Hooks: []Hooks{}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(seen) != 5 || len(slices.Compact(seen)) != 1 || seen[0].Key != "s3.test/bucket" || seen[0].Rand == nil {
		t.Errorf("gates saw %v", seen)
	}
}

type watcher struct{ calls *[]*strategies.Call }

func (w watcher) Admit(_ time.Time, c *strategies.Call) strategies.Verdict {
	*w.calls = append(*w.calls, c)
	return strategies.Verdict{}
}
func (watcher) Done(time.Time, *strategies.Call, strategies.Outcome) {}

func TestNewRefuses(t *testing.T) {
	g := &gate{}
	second := time.Second
	e := strategies.Exponential{Base: 2 * second, Cap: second}
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Attempts: -1}, "Attempts is -1"},
		{Config{Attempts: 1, Backoff: strategies.None{}}, "Backoff is about retries"},
		{Config{Attempts: 1, Budget: &strategies.TokenBudget{}}, "Budget is about retries"},
		{Config{Attempts: 3, Policy: &strategies.Swift{}}, "Policy decides alone"},
		{Config{When: &strategies.Rule{}}, "When retries nothing"},
		{Config{When: &strategies.Rule{Statuses: []int{200}}}, "200, which is no error"},
		{Config{When: &strategies.Rule{Errors: []strategies.ErrorKind{strategies.Canceled}}}, "cancelled"},
		{Config{Backoff: strategies.FullJitter{Of: e}}, "over its cap"},
		{Config{Backoff: strategies.Constant{Base: -1}}, "negative"},
		{Config{MaxHint: -1, LongHint: strategies.CapLongHint}, "LongHint caps"},
		{Config{MaxHint: second, HintJitter: 2 * second}, "HintJitter 2s is over MaxHint 1s"},
		{Config{AttemptTimeout: -1}, "AttemptTimeout is negative"},
		{Config{Hedging: &Hedging{Quantile: 2}}, "out of range"},
		{Config{Hedging: &Hedging{After: second}, AttemptTimeout: second}, "has ended the attempt"},
		{Config{Hedging: &Hedging{After: second, Quantile: 0.9}}, "both After and Quantile"},
		{Config{Gates: []strategies.Gate{nil}}, "Gates[0] is nil"},
		{Config{Gates: []strategies.Gate{g, g}}, "Gates[1] stands there twice"},
		{Config{Breaker: g, Gates: []strategies.Gate{g}}, "Gates[0] stands there twice"},
		{Config{Wire: http.DefaultTransport, Connections: &Connections{}}, "give either"},
		{Config{Connections: &Connections{MaxPerHost: 2, MaxIdle: 3}}, "lower MaxIdle"},
		{Config{Connections: &Connections{DialTimeout: -1}}, "negative value"},
		{Config{AttemptTimeout: second, Connections: &Connections{HeaderTimeout: second}}, "never acts"},
	} {
		rt, err := New(tt.cfg)
		if err == nil || rt != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, which should say %q", tt.cfg, err, tt.want)
		}
	}
	_, err := New(Config{Attempts: -1, AttemptTimeout: -1})
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two problems are %v", err)
	}
}

func TestNewConnections(t *testing.T) {
	rt, err := New(Config{Connections: &Connections{MaxPerHost: 7, HTTP1Only: true}})
	if err != nil {
		t.Fatal(err)
	}
	wire := rt.(*client).wire.(*http.Transport)
	if wire.MaxConnsPerHost != 7 || wire.MaxIdleConnsPerHost != 7 || wire.TLSNextProto == nil || wire.ForceAttemptHTTP2 {
		t.Errorf("the wire is %+v", wire)
	}
	closed := false
	rt, err = New(Config{Wire: closer{&closed}})
	if err != nil {
		t.Fatal(err)
	}
	(&http.Client{Transport: rt}).CloseIdleConnections()
	if !closed {
		t.Error("CloseIdleConnections does not reach the wire")
	}
}

type closer struct{ closed *bool }

func (closer) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }
func (c closer) CloseIdleConnections()                         { *c.closed = true }

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		path           string
		bucket, prefix string // by two elements
	}{
		{"/b/a/c/key", "h/b", "h/b/a"},
		{"/b/key", "h/b", "h/b"},
		{"/b/", "h/b", "h/b"},
		{"/b", "h/b", "h/b"},
		{"/", "h/", "h/"},
		{"", "h/", "h/"},
		{"/b//key", "h/b", "h/b/"},
	} {
		req, err := http.NewRequest("PUT", "http://h"+tt.path+"?X-Amz-Signature=secret", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := ByBucket(req); got != tt.bucket {
			t.Errorf("%q by bucket is %q, want %q", tt.path, got, tt.bucket)
		}
		if got := ByPrefix(2)(req); got != tt.prefix {
			t.Errorf("%q by prefix is %q, want %q", tt.path, got, tt.prefix)
		}
		if ByHost(req) != "h" {
			t.Error(ByHost(req))
		}
	}
}

// leaver is a gate with a queue.
type leaver struct {
	gate
	left int
}

func (l *leaver) Leave(time.Time, *strategies.Call) { l.left++ }

func TestGatedTellsWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			name  string
			admit func(int) strategies.Verdict
			left  int
		}{
			{"while waiting", func(int) strategies.Verdict { return strategies.Verdict{Changed: make(chan struct{})} }, 1},
			{"past its deadline", func(int) strategies.Verdict { return strategies.Verdict{Wait: time.Hour} }, 1},
			{"refused", func(int) strategies.Verdict { return strategies.Verdict{Err: errClosed} }, 0},
			{"let through", func(int) strategies.Verdict { return strategies.Verdict{} }, 0},
		} {
			g := &leaver{gate: gate{admit: tt.admit}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			resp, err := Gated(g)(&wire{answer: always(200)}).RoundTrip(put(t, ctx, "x"))
			cancel()
			if err == nil {
				resp.Body.Close()
			}
			if g.left != tt.left || g.admits != len(g.outcomes) {
				t.Errorf("%s: %d left, %d let through and %d done", tt.name, g.left, g.admits, len(g.outcomes))
			}
		}
	})
}

// A retry that its gate refuses ends the call, and the error says what went before.
func TestRefusedRetry(t *testing.T) {
	g := &gate{admit: func(n int) strategies.Verdict {
		if n > 1 {
			return strategies.Verdict{Err: errClosed}
		}
		return strategies.Verdict{}
	}}
	var counted Counters
	w := &wire{answer: always(503)}
	rt, err := New(Config{Backoff: strategies.None{}, Gates: []strategies.Gate{g}, Wire: w, Counters: &counted, Hooks: []Hooks{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.RoundTrip(put(t, t.Context(), "x"))
	if !errors.Is(err, errClosed) || !strings.Contains(err.Error(), "status 503") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	if got := counted.Snapshot(); got.DeniedByGate != 1 || got.Attempts != 2 || w.unclosed() != 0 {
		t.Errorf("counted %+v, %d open", got, w.unclosed())
	}
	g.check(t, 1)
}

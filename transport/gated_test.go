package transport

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// gate counts, and answers as the test says.
type gate struct {
	admit func(n int) strategies.Verdict

	mu            sync.Mutex
	asked, admits int
	outcomes      []strategies.Outcome
}

func (g *gate) Admit(_ time.Time, _ *strategies.Call) strategies.Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	v := g.admit(g.asked)
	if v.Go() {
		g.admits++
	}
	return v
}

func (g *gate) Done(_ time.Time, _ *strategies.Call, o strategies.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.outcomes = append(g.outcomes, o)
}

func (g *gate) check(t *testing.T, admits int) {
	t.Helper()
	if g.admits != admits || len(g.outcomes) != admits {
		t.Errorf("%d attempts were let through and %d done, want %d of both", g.admits, len(g.outcomes), admits)
	}
}

func TestGatedWaitsAndAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{admit: func(n int) strategies.Verdict {
			return strategies.Verdict{Wait: time.Duration(3-n) * time.Second}
		}}
		start := time.Now()
		w := &wire{answer: always(503)}
		resp, err := Gated(g)(w).RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 503 || time.Since(start) != 3*time.Second || g.asked != 3 {
			t.Errorf("%v, %v after %v and %d questions", resp, err, time.Since(start), g.asked)
		}
		g.check(t, 1)
		if g.outcomes[0].Status != 503 {
			t.Errorf("done with %+v", g.outcomes[0])
		}
	})
}

func TestGatedWakesWhenChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changed := make(chan struct{})
		g := &gate{admit: func(n int) strategies.Verdict {
			if n == 1 {
				return strategies.Verdict{Wait: time.Hour, Changed: changed}
			}
			return strategies.Verdict{}
		}}
		time.AfterFunc(2*time.Second, func() { close(changed) })
		start := time.Now()
		// The deadline is before the end of the wait, which may end early: so it is begun.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := Gated(g)(&wire{answer: always(200)}).RoundTrip(put(t, ctx, "x"))
		if err != nil || time.Since(start) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		g.check(t, 1)
	})
}

func TestGatedLetsNothingThrough(t *testing.T) {
	refused := errors.New("no budget")
	for _, tt := range []struct {
		name    string
		verdict strategies.Verdict
		timeout time.Duration
		cancel  time.Duration
		want    error
		took    time.Duration
	}{
		{"refused", strategies.Verdict{Err: refused}, 0, 0, refused, 0},
		{"cancelled", strategies.Verdict{Wait: time.Hour}, 0, time.Second, context.Canceled, time.Second},
		{"cancelled without a time", strategies.Verdict{Changed: make(chan struct{})}, 0, time.Second, context.Canceled, time.Second},
		{"deadline", strategies.Verdict{Wait: time.Hour, Changed: make(chan struct{})}, time.Minute, 0, context.DeadlineExceeded, time.Minute},
		{"deadline foreseen", strategies.Verdict{Wait: time.Hour}, time.Minute, 0, context.DeadlineExceeded, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if tt.verdict.Changed != nil {
					tt.verdict.Changed = make(chan struct{}) // of this bubble
				}
				ctx, cancel := context.WithCancel(t.Context())
				if tt.timeout > 0 {
					ctx, cancel = context.WithTimeout(t.Context(), tt.timeout)
				}
				defer cancel()
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				g := &gate{admit: func(int) strategies.Verdict { return tt.verdict }}
				w := &wire{answer: always(200)}
				req := put(t, ctx, "x")
				sent := &body{Reader: strings.NewReader("x")}
				req.Body = sent
				start := time.Now()
				_, err := Gated(g)(w).RoundTrip(req)
				if !errors.Is(err, tt.want) || time.Since(start) != tt.took || strings.Contains(err.Error(), "secret") {
					t.Errorf("%v after %v, want %v after %v", err, time.Since(start), tt.want, tt.took)
				}
				if len(w.times) > 0 || !sent.closed.Load() {
					t.Error("it was sent, or its body was left open")
				}
				g.check(t, 0)
			})
		})
	}
}

func TestGatedDoneOnEveryPath(t *testing.T) {
	broken := errors.New("broken")
	g := &gate{admit: func(int) strategies.Verdict { return strategies.Verdict{} }}
	ctx, cancel := context.WithCancel(t.Context())
	for i, answer := range []func(int, *http.Request) (*http.Response, error){
		always(200),
		func(int, *http.Request) (*http.Response, error) { return nil, broken },
		func(_ int, req *http.Request) (*http.Response, error) { cancel(); return nil, req.Context().Err() },
		func(int, *http.Request) (*http.Response, error) { panic("a bug in the wire") },
	} {
		func() {
			defer func() { _ = recover() }()
			c := t.Context()
			if i == 2 {
				c = ctx
			}
			Gated(g)(&wire{answer: answer}).RoundTrip(put(t, c, "x"))
		}()
		g.check(t, i+1)
	}
	if g.outcomes[1].Err != broken || g.outcomes[2].Err != context.Canceled {
		t.Errorf("done with %+v", g.outcomes)
	}
}

// Every retry passes the gate below.
func TestRetryOverGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{admit: func(int) strategies.Verdict { return strategies.Verdict{} }}
		w := &wire{answer: statuses(503, 503)}
		if _, err := Stack(w, steps{5}.layer(), Gated(g)).RoundTrip(put(t, t.Context(), "x")); err != nil {
			t.Fatal(err)
		}
		g.check(t, 3)
	})
}

package transport

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// What was let through keeps its place until the answer's body has ended, once, however it ends.
func TestGatedUntilRead(t *testing.T) {
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		body io.Reader
		end  func(io.ReadCloser)
	}{
		"read to its end": {strings.NewReader("ab"), func(b io.ReadCloser) { io.Copy(io.Discard, b) }},
		"closed":          {strings.NewReader("ab"), func(b io.ReadCloser) { b.Close() }},
		"read and closed": {strings.NewReader("ab"), func(b io.ReadCloser) { io.Copy(io.Discard, b); b.Close(); b.Close() }},
		"failed":          {io.MultiReader(strings.NewReader("a"), failing{broken}), func(b io.ReadCloser) { io.Copy(io.Discard, b) }},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gate{admit: func(int) strategies.Verdict { return strategies.Verdict{} }}
			w := roundTripper(func(*http.Request) (*http.Response, error) {
				resp, err := status(503)
				resp.Body = io.NopCloser(tt.body)
				return resp, err
			})
			resp, err := Gated(g, UntilRead())(w).RoundTrip(put(t, t.Context(), "x"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := resp.Body.Read(make([]byte, 1)); err != nil || len(g.outcomes) != 0 {
				t.Errorf("%v, and %d were done with the body half read", err, len(g.outcomes))
			}
			tt.end(resp.Body)
			g.check(t, 1)
			if g.outcomes[0].Status != 503 {
				t.Errorf("done with %+v", g.outcomes[0])
			}
		})
	}
}

// Without a body there is nothing to wait for, nor after an error; what was upgraded can still be written to.
func TestGatedUntilReadWithoutABody(t *testing.T) {
	for name, tt := range map[string]struct {
		body io.ReadCloser
		err  error
		done int
	}{
		"no body":  {http.NoBody, nil, 1},
		"nil":      {nil, nil, 1},
		"an error": {nil, errors.New("broken"), 1},
		"upgraded": {struct {
			io.ReadCloser
			io.Writer
		}{http.NoBody, io.Discard}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gate{admit: func(int) strategies.Verdict { return strategies.Verdict{} }}
			w := roundTripper(func(*http.Request) (*http.Response, error) {
				if tt.err != nil {
					return nil, tt.err
				}
				return &http.Response{StatusCode: 200, Body: tt.body}, nil
			})
			resp, _ := Gated(g, UntilRead())(w).RoundTrip(put(t, t.Context(), "x"))
			if len(g.outcomes) != tt.done {
				t.Errorf("%d were done at the headers, want %d", len(g.outcomes), tt.done)
			}
			if tt.done == 0 {
				if _, ok := resp.Body.(io.Writer); !ok {
					t.Error("it cannot be written to")
				}
				resp.Body.Close()
			}
			g.check(t, 1)
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// GHGA's pools of size one are busy until an answer has been read, and so are the places of a bulkhead.
func TestPoolsHoldWhatIsRead(t *testing.T) {
	for name, pool := range map[string]Layer{
		"epic":     GHGAEpic(GHGAEpicConfig{Connections: 3}),
		"bulkhead": Gated(&strategies.Bulkhead{Max: 3}, UntilRead()),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				now, most := 0, 0
				rt := pool(roundTripper(func(*http.Request) (*http.Response, error) {
					mu.Lock()
					now++
					most = max(most, now)
					mu.Unlock()
					resp, err := status(200)
					resp.Body = io.NopCloser(strings.NewReader("ab"))
					return resp, err
				}))
				start := time.Now()
				var wg sync.WaitGroup
				for range 9 {
					wg.Go(func() {
						resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(time.Second)
						mu.Lock()
						now--
						mu.Unlock()
						resp.Body.Close()
					})
				}
				wg.Wait()
				if most != 3 || time.Since(start) != 3*time.Second {
					t.Errorf("%d at a time, nine in %v", most, time.Since(start))
				}
			})
		})
	}
}

package transport

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

func TestRetryWithoutReplayHasOneAttempt(t *testing.T) {
	w := &wire{answer: always(503)}
	req := put(t, t.Context(), "x")
	req.GetBody = nil
	resp, err := steps{3}.layer()(w).RoundTrip(req)
	if err != nil || resp.StatusCode != 503 || len(w.times) != 1 {
		t.Errorf("%v, %v after %d attempts; want the answer of the only one", resp, err, len(w.times))
	}
}

func TestRetryGetBodyFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: always(503)}
		req := put(t, t.Context(), "x")
		gone := errors.New("the file is gone")
		req.GetBody = func() (io.ReadCloser, error) { return nil, gone }
		_, err := steps{3}.layer()(w).RoundTrip(req)
		if !errors.Is(err, gone) || !strings.Contains(err.Error(), "attempt 2") || w.unclosed() > 0 {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetryLeavesTheRequestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []*http.Request
		w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
			seen = append(seen, req)
			return statuses(503, 503)(n, req)
		}}
		req := put(t, t.Context(), "content")
		before := *req
		header := req.Header.Clone()
		if _, err := (steps{3}).layer()(w).RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		if req.Body != before.Body || req.URL != before.URL || req.ContentLength != before.ContentLength || !reflect.DeepEqual(req.Header, header) {
			t.Error("the caller's request was changed")
		}
		if seen[0] != req {
			t.Error("the first attempt did not send the caller's request as it is")
		}
		if seen[1].Body == seen[0].Body || seen[2].Body == seen[1].Body {
			t.Error("attempts share a body")
		}
	})
}

// The wire answers early and reads on in the old body while the next attempt is under way: both must get all of it.
func TestRetryAfterAnEarlyAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const content = "0123456789"
		late := make(chan string)
		w := roundTripper(func(req *http.Request) (*http.Response, error) {
			first := make([]byte, 3)
			if _, err := io.ReadFull(req.Body, first); err != nil {
				t.Error(err)
			}
			go func() {
				time.Sleep(1500 * time.Millisecond) // well into the next attempt
				rest, _ := io.ReadAll(req.Body)
				req.Body.Close()
				late <- string(first) + string(rest)
			}()
			return status(503)
		})
		done := make(chan struct{})
		go func() {
			defer close(done)
			steps{3}.layer()(w).RoundTrip(put(t, t.Context(), content))
		}()
		for range 3 {
			if got := <-late; got != content {
				t.Errorf("an attempt read %q", got)
			}
		}
		<-done
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestRetryDrainsUpToABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct{ size, read int64 }{{0, 0}, {1000, 1000}, {1 << 20, DrainLimit}} {
			w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
				resp, err := statuses(503)(n, req)
				if n == 1 {
					resp.Body = io.NopCloser(io.LimitReader(zeros{}, tt.size))
				}
				return resp, err
			}}
			if _, err := (steps{2}).layer()(w).RoundTrip(put(t, t.Context(), "")); err != nil {
				t.Fatal(err)
			}
			if got := w.open[0].read.Load(); got != tt.read || !w.open[0].closed.Load() {
				t.Errorf("of %d bytes %d were read, want %d and a close", tt.size, got, tt.read)
			}
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Over a real connection: all attempts of a call share one, because each answer is drained before the next.
func TestRetryKeepsTheConnection(t *testing.T) {
	peers := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		peers[r.RemoteAddr]++
		if n := peers[r.RemoteAddr]; n < 5 {
			w.WriteHeader(503)
		}
		w.Write(make([]byte, 20<<10))
	}))
	defer server.Close()
	p := strategies.Policy{Attempts: 5, When: strategies.Transient()}
	client := &http.Client{Transport: Stack(server.Client().Transport, Retry(p.For))}
	req, _ := http.NewRequest(http.MethodPut, server.URL, strings.NewReader("content"))
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || len(peers) != 1 {
		t.Errorf("got %d over the connections %v, want one", resp.StatusCode, peers)
	}
}

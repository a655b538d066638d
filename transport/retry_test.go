package transport

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

func TestRetryTimes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(int, *http.Request) (*http.Response, error)
		gaps   []time.Duration
		status int
	}{
		{"success at once", always(200), nil, 200},
		{"not worth it", always(404), nil, 404},
		{"backoff", statuses(503, 500, 429), seconds(1, 2, 4), 200},
		{"out of attempts", always(503), seconds(1, 2, 4), 503},
		{"seconds as a floor", always(429, "Retry-After", "3"), seconds(3, 3, 4), 429},
		{"ignored nonsense", always(429, "Retry-After", "-3"), seconds(1, 2, 4), 429},
		{"two lines", always(429, "Retry-After", "9", "Retry-After", "9"), seconds(1, 2, 4), 429},
		// The bubble's clock starts at midnight UTC on 2000-01-01.
		{"a date", statusOnce(503, "Retry-After", "Sat, 01 Jan 2000 00:00:05 GMT"), seconds(5), 200},
		{"a past date", statusOnce(503, "Retry-After", "Fri, 31 Dec 1999 00:00:05 GMT"), seconds(1), 200},
		{"a date by the server's clock", statusOnce(503, "Retry-After", "Tue, 01 Jan 2030 00:00:07 GMT", "Date", "Tue, 01 Jan 2030 00:00:00 GMT"), seconds(7), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: tt.answer}
				resp, err := Stack(w, steps{4}.layer()).RoundTrip(put(t, t.Context(), "content"))
				if err != nil {
					t.Fatal(err)
				}
				got, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != tt.status || string(got) != "answer" {
					t.Errorf("got %d %q, want %d and the whole answer", resp.StatusCode, got, tt.status)
				}
				if !slices.Equal(w.gaps(), tt.gaps) {
					t.Errorf("waited %v, want %v", w.gaps(), tt.gaps)
				}
				for i, b := range w.bodies {
					if b != "content" {
						t.Errorf("attempt %d sent %q", i+1, b)
					}
				}
				if n := w.unclosed(); n > 0 {
					t.Errorf("%d answers were left open", n)
				}
			})
		})
	}
}

func statusOnce(code int, headers ...string) func(int, *http.Request) (*http.Response, error) {
	return func(n int, _ *http.Request) (*http.Response, error) {
		if n == 1 {
			return status(code, headers...)
		}
		return status(200)
	}
}

// The wait counts from the receipt of the answer: what draining takes is part of it.
func TestRetryWaitCountsFromReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp, err := statuses(503)(n, req)
			if n == 1 {
				resp.Body = io.NopCloser(&slowReader{left: 3, each: 200 * time.Millisecond})
			}
			return resp, err
		}}
		resp, err := steps{2}.layer()(w).RoundTrip(put(t, t.Context(), ""))
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		if !slices.Equal(w.gaps(), seconds(1)) {
			t.Errorf("waited %v, want 1s in all", w.gaps())
		}
	})
}

type slowReader struct {
	left int
	each time.Duration
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(r.each)
	r.left--
	return 1, nil
}

func TestRetryStopsBeforeTheDeadline(t *testing.T) {
	for _, tt := range []struct {
		name     string
		deadline time.Duration
		answer   func(int, *http.Request) (*http.Response, error)
		attempts int
		took     time.Duration
	}{
		{"the wait fits", 3500 * time.Millisecond, always(503), 3, 3 * time.Second},
		{"the wait ends on the deadline", 3 * time.Second, always(503), 2, time.Second},
		{"a long hint", 10 * time.Second, always(429, "Retry-After", "3600"), 1, 0},
		{"an endless hint", 10 * time.Second, always(429, "Retry-After", "99999999999999999999"), 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.deadline)
				defer cancel()
				start := time.Now()
				w := &wire{answer: tt.answer}
				resp, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
				if err != nil {
					t.Fatalf("got %v, want the last answer", err)
				}
				if b, err := io.ReadAll(resp.Body); string(b) != "answer" || err != nil {
					t.Errorf("the last answer reads %q, %v", b, err)
				}
				if len(w.times) != tt.attempts || time.Since(start) != tt.took {
					t.Errorf("%d attempts in %v, want %d in %v", len(w.times), time.Since(start), tt.attempts, tt.took)
				}
			})
		})
	}
}

func TestRetryEndlessHintNeverRetriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1000*time.Hour, cancel)
		w := &wire{answer: always(429, "Retry-After", "9223372036854775808")}
		_, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
		if !errors.Is(err, context.Canceled) || len(w.times) != 1 {
			t.Errorf("%d attempts, then %v; want 1 and a wait", len(w.times), err)
		}
	})
}

func TestRetryContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(1500*time.Millisecond, cancel)
		w := &wire{answer: always(503, "Content-Type", "application/xml")}
		resp, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
		if resp != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, %v; want an error that wraps the context's", resp, err)
		}
		if d := time.Since(start); d != 1500*time.Millisecond || len(w.times) != 2 {
			t.Errorf("%d attempts in %v", len(w.times), d)
		}
		for _, want := range []string{"attempt 3", "PUT s3.test/bucket/key", "503"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q tells a signature", err)
		}
		if w.unclosed() > 0 {
			t.Error("an answer was left open")
		}
	})
}

func TestRetryDoesNotAskAfterTheContextEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
		cancel()
		return nil, syscall.ECONNRESET
	}}
	_, err := steps{9}.layer()(w).RoundTrip(put(t, ctx, "x"))
	if err != syscall.ECONNRESET || len(w.times) != 1 {
		t.Errorf("%d attempts, then %v", len(w.times), err)
	}
}

func TestRetryErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(int, *http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }}
		resp, err := steps{3}.layer()(w).RoundTrip(put(t, t.Context(), "x"))
		if resp != nil || err != syscall.ECONNRESET || !slices.Equal(w.gaps(), seconds(1, 2)) {
			t.Errorf("got %v, %v after %v", resp, err, w.gaps())
		}
	})
}

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

func TestRetryTellsTheStrategy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var call strategies.Call
		var outcomes []strategies.Outcome
		layer := Retry(func(c *strategies.Call) strategies.Retrier {
			call = *c
			return retrier(func(_ int, o strategies.Outcome) (time.Duration, bool) {
				outcomes = append(outcomes, o)
				return 0, true
			})
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			switch n {
			case 1:
				return nil, io.EOF
			case 2:
				resp, err := status(503, "Content-Type", "application/xml", "Retry-After", "0")
				resp.Body = io.NopCloser(strings.NewReader("<Error><Code>SlowDown</Code></Error>"))
				return resp, err
			}
			cancel()
			return status(200)
		}}
		req := put(t, ctx, "12345")
		if _, err := layer(w).RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		deadline, _ := ctx.Deadline()
		if call.Key != "s3.test" || call.Method != "PUT" || !call.Idempotent || call.Bytes != 5 || call.Deadline != deadline || call.Rand == nil {
			t.Errorf("the call was described as %+v", call)
		}
		want := []strategies.Outcome{
			{Err: io.EOF, BytesSent: -1, Took: time.Second},
			{Status: 503, Code: "SlowDown", Hint: strategies.Hint{Given: true}, BytesSent: -1, Took: time.Second},
		}
		if !reflect.DeepEqual(outcomes, want) {
			t.Errorf("got %+v\nwant %+v", outcomes, want)
		}
	})
}

type retrier func(int, strategies.Outcome) (time.Duration, bool)

func (f retrier) Next(n int, o strategies.Outcome) (time.Duration, bool) { return f(n, o) }

func TestSeededRepeats(t *testing.T) {
	draws := func(seed uint64) []uint64 {
		var got []uint64
		layer := Retry(func(c *strategies.Call) strategies.Retrier {
			got = append(got, c.Rand.Uint64(), c.Rand.Uint64())
			return (&strategies.Policy{}).For(c)
		}, Seeded(rand.New(rand.NewPCG(seed, 0))))
		rt := layer(&wire{answer: always(200)})
		for range 3 {
			rt.RoundTrip(put(t, t.Context(), ""))
		}
		return got
	}
	a := draws(1)
	if !slices.Equal(a, draws(1)) {
		t.Error("the same seed draws other numbers")
	}
	if slices.Equal(a, draws(2)) || a[0] == a[2] {
		t.Error("another seed or call draws the same numbers")
	}
}

func TestIdempotent(t *testing.T) {
	for method, want := range map[string]bool{"": true, "GET": true, "PUT": true, "DELETE": true, "HEAD": true, "POST": false, "PATCH": false} {
		if got := idempotent(&http.Request{Method: method}); got != want {
			t.Errorf("%q: %v", method, got)
		}
	}
	if !idempotent(&http.Request{Method: "POST", Header: http.Header{"Idempotency-Key": nil}}) {
		t.Error("the caller's word was not taken")
	}
}

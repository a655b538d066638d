package transport

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

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
			{Status: 503, Code: "SlowDown", Hint: strategies.Hint{Given: true, Form: strategies.Seconds}, BytesSent: -1, Took: time.Second},
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

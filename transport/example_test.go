package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// A client for parts of large files: a budget and a limit that all uploads share, one pause for all of them when the service
// asks for it, connections for eight in flight.
func ExampleNew() {
	flaky := httptest.NewServer(failing(2, http.StatusServiceUnavailable))
	defer flaky.Close()

	var counters transport.Counters
	rt, err := transport.New(transport.Config{
		Attempts: 6,
		Backoff:  strategies.FullJitter{Of: strategies.Exponential{Base: 10 * time.Millisecond, Cap: time.Second}},
		Budget:   &strategies.ByteBudget{Reserve: 512 << 20},
		Gates: []strategies.Gate{
			&strategies.SharedPause{Cap: time.Minute},
			&strategies.Bulkhead{Max: 8},
		},
		AttemptTimeout: time.Minute,
		Key:            transport.ByBucket,
		Counters:       &counters,
		Hooks:          []transport.Hooks{}, // instead of logging to slog.Default()
		Connections:    &transport.Connections{MaxPerHost: 8, HTTP1Only: true},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: rt}
	req, err := http.NewRequest(http.MethodPut, flaky.URL+"/bucket/key", strings.NewReader("a part"))
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
	got := counters.Snapshot()
	fmt.Println(resp.StatusCode, "after", got.Attempts, "attempts of", got.Calls, "call")
	// Output: 200 after 3 attempts of 1 call
}

// What makes no sense is refused, with the reason.
func ExampleNew_refused() {
	_, err := transport.New(transport.Config{
		Attempts:       1,
		Budget:         &strategies.TokenBudget{},
		AttemptTimeout: time.Second,
		Connections:    &transport.Connections{HeaderTimeout: 5 * time.Second},
	})
	fmt.Println(err)
	// Output:
	// transport: Budget is about retries, and with one attempt there are none: remove it, or raise Attempts
	// transport: Connections.HeaderTimeout 5s never acts, since AttemptTimeout 1s ends the attempt before: lower it, or remove either
}

// Any function gets the same policies: here that of OpenStack Sahara, over an SDK's call.
func ExampleDo() {
	policy := strategies.DefaultSahara()
	policy.RetryAfter = time.Millisecond
	tries := 0
	err := transport.Do(context.Background(), &policy, func(context.Context) error {
		if tries++; tries < 3 {
			return &transport.StatusError{Status: http.StatusServiceUnavailable}
		}
		return errors.New("no quota for another server")
	}, transport.Named("create server"))
	fmt.Println(tries, "tries:", err)
	// Output: 3 tries: no quota for another server
}

// Hooks see each attempt and what follows it.
func ExampleWithHooks() {
	flaky := httptest.NewServer(failing(1, http.StatusTooManyRequests))
	defer flaky.Close()
	policy := strategies.Policy{Attempts: 3, When: strategies.Transient()}
	rt := transport.Stack(http.DefaultTransport, transport.Retry(policy.For, transport.WithHooks(transport.Hooks{
		After: func(_ context.Context, a transport.Attempt) {
			fmt.Printf("attempt %d: status %d, retry %v\n", a.Number, a.Outcome.Status, a.Retry)
		},
	})))
	resp, err := (&http.Client{Transport: rt}).Get(flaky.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(os.Stdout, resp.Body)
	resp.Body.Close()
	// Output:
	// attempt 1: status 429, retry true
	// attempt 2: status 200, retry false
}

// failing answers so many requests with a status, and those after them with 200.
func failing(n, status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if n--; n >= 0 {
			w.WriteHeader(status)
		}
	})
}

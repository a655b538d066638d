package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

func TestDo(t *testing.T) {
	throttled := &StatusError{Status: 429, Hint: strategies.Hint{Given: true, After: 7 * time.Second, Form: strategies.Seconds}}
	unknown := errors.New("a bug")
	sahara := strategies.Sahara{RetriesNumber: 2, RetryAfter: 10 * time.Second}
	plain := strategies.Policy{Attempts: 3, When: strategies.Transient(), Backoff: strategies.Exponential{Base: time.Second}}
	for _, tt := range []struct {
		name   string
		policy Policy
		fails  []error // and then it works
		calls  int
		took   time.Duration
		want   error
	}{
		{"works", &plain, nil, 1, 0, nil},
		{"without a policy", nil, nil, 1, 0, nil},
		{"without a policy, a bug", nil, []error{unknown}, 1, 0, unknown},
		{"waits", &plain, []error{&StatusError{Status: 503}, Retryable(unknown)}, 3, 3 * time.Second, nil},
		{"hint", &plain, []error{fmt.Errorf("wrapped: %w", throttled)}, 2, 7 * time.Second, nil},
		{"a bug", &plain, []error{unknown}, 1, 0, unknown},
		{"gives up", &plain, []error{throttled, throttled, throttled}, 3, 14 * time.Second, throttled},
		// As Sahara does it: three calls, and a last sleep before it gives up.
		{"execute_with_retries", &sahara, []error{throttled, throttled, throttled}, 3, 30 * time.Second, throttled},
		{"execute_with_retries, broken connection", &sahara, []error{Retryable(unknown)}, 1, 0, unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, calls := time.Now(), 0
				var counted Counters
				err := Do(t.Context(), tt.policy, func(context.Context) error {
					if calls++; calls > len(tt.fails) {
						return nil
					}
					return tt.fails[calls-1]
				}, WithCounters(&counted))
				if calls != tt.calls || time.Since(start) != tt.took || !errors.Is(err, tt.want) {
					t.Errorf("%d calls in %v: %v; want %d in %v: %v", calls, time.Since(start), err, tt.calls, tt.took, tt.want)
				}
				if got := counted.Snapshot(); got.Calls != 1 || got.Attempts != int64(tt.calls) || got.Retries != int64(tt.calls-1) {
					t.Errorf("counted %+v", got)
				}
			})
		})
	}
}

func TestDoEndsWithItsContext(t *testing.T) {
	policy := strategies.Policy{Attempts: 3, When: strategies.Transient(), Backoff: strategies.Constant{Base: 10 * time.Second}}
	broken := &StatusError{Status: 503}
	f := func(context.Context) error { return broken }
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		err := Do(ctx, &policy, f, Named("create server"))
		if !errors.Is(err, context.Canceled) || !errors.Is(err, broken) || time.Since(start) != 3*time.Second || !strings.Contains(err.Error(), "create server") {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) { // a wait past the deadline is not begun
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if err := Do(ctx, &policy, f); err != broken || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		// Nor is the last sleep of a port.
		sahara := strategies.Sahara{RetriesNumber: 0, RetryAfter: 10 * time.Second}
		if err := Do(ctx, &sahara, f); err != broken || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) { // an attempt's own time is another matter
		calls := 0
		err := Do(t.Context(), &policy, func(ctx context.Context) error {
			if calls++; calls == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}, WithTimeout(time.Second))
		if err != nil || calls != 2 {
			t.Errorf("%v after %d calls", err, calls)
		}
	})
}

func TestDoAsksItsGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{admit: func(n int) strategies.Verdict {
			return strategies.Verdict{Wait: time.Duration(n%2) * time.Second} // every second question passes
		}}
		policy := strategies.Policy{Attempts: 3, When: strategies.Transient()}
		start := time.Now()
		err := Do(t.Context(), &policy, func(context.Context) error { return &StatusError{Status: 503} }, WithGate(g))
		if err == nil || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		g.check(t, 3)
		g = &gate{admit: func(int) strategies.Verdict { return strategies.Verdict{Err: errClosed} }}
		if err := Do(t.Context(), &policy, func(context.Context) error { t.Error("called"); return nil }, WithGate(g)); !errors.Is(err, errClosed) {
			t.Errorf("refused with %v", err)
		}
		g.check(t, 0)
	})
}

var errClosed = errors.New("closed")

func TestCheckStatus(t *testing.T) {
	resp, _ := status(503, "Retry-After", "4", "Content-Type", "application/xml")
	var failed *StatusError
	if err := CheckStatus(resp); !errors.As(err, &failed) || failed.Status != 503 || failed.Hint.After != 4*time.Second {
		t.Errorf("%v", err)
	}
	resp, _ = status(304)
	if err := CheckStatus(resp); err != nil {
		t.Error(err)
	}
}

// Hooks see every attempt, in order and with what follows.
func TestHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		h := Hooks{
			Before: func(_ context.Context, a Attempt) {
				log = append(log, fmt.Sprintf("before %d of %s, waited %v, after status %d", a.Number, a.Target(), a.Waited, a.Outcome.Status))
			},
			After: func(_ context.Context, a Attempt) {
				log = append(log, fmt.Sprintf("after %d: status %d, retry %v in %v, %v, denied %q", a.Number, a.Outcome.Status, a.Retry, a.Wait, a.Elapsed, a.Denied))
			},
		}
		policy := strategies.Policy{Attempts: 5, When: strategies.Transient(), Backoff: strategies.Exponential{Base: time.Second}}
		var counted Counters
		budget := &strategies.TokenBudget{Capacity: 2}
		w := &wire{answer: statuses(503, 429, 500)}
		rt := Retry(policy.For, WithHooks(Hooks{}), WithHooks(h), WithCounters(&counted), WithBudget(budget))(w)
		resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.StatusCode != 500 {
			t.Fatalf("%v, %v", resp, err)
		}
		want := []string{
			"before 1 of PUT s3.test/bucket/key, waited 0s, after status 0",
			`after 1: status 503, retry true in 1s, 0s, denied ""`,
			"before 2 of PUT s3.test/bucket/key, waited 1s, after status 503",
			`after 2: status 429, retry true in 2s, 1s, denied ""`,
			"before 3 of PUT s3.test/bucket/key, waited 2s, after status 429",
			`after 3: status 500, retry false in 0s, 3s, denied "budget"`,
		}
		if !slices.Equal(log, want) {
			t.Errorf("hooks were told\n%s", strings.Join(log, "\n"))
		}
		if got := counted.Snapshot(); got != (Snapshot{Calls: 1, Attempts: 3, Retries: 2, Throttled: 1, Failed: 3, DeniedByBudget: 1, Waited: 3 * time.Second}) {
			t.Errorf("counted %+v", got)
		}
		resp.Body.Close()

		// Why none follows.
		once := put(t, t.Context(), "x")
		once.GetBody = nil
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		log = nil
		for _, req := range []*http.Request{once, put(t, ctx, "x")} {
			rt := Retry(policy.For, WithHooks(h))(&wire{answer: always(503)})
			resp, err := rt.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		if !strings.HasSuffix(log[1], `denied "body"`) || !strings.HasSuffix(log[3], `denied "deadline"`) {
			t.Errorf("hooks were told\n%s", strings.Join(log, "\n"))
		}
	})
}

package connector

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// retrying is a stack that makes so many attempts, but leaves 429 to POSTs alone.
func retrying(attempts int) func(*Config) {
	return func(c *Config) {
		p := strategies.Policy{Attempts: attempts, Backoff: strategies.Exponential{Base: time.Second, Cap: 5 * time.Second}, When: strategies.Transient()}
		post := strategies.Policy{Attempts: attempts, Backoff: p.Backoff, When: strategies.Rule{Statuses: []int{503}}}
		retrier := func(c *strategies.Call) strategies.Retrier {
			if c.Idempotent {
				return p.For(c)
			}
			return post.For(c)
		}
		c.Stack, c.InFlight = transport.Stack(c.Stack, transport.Retry(retrier)), 1
	}
}

// What never passes costs as many attempts as the behaviour says, and those with which the stack's last round ends, however many passes there are.
func TestAttemptsDoNotMultiply(t *testing.T) {
	most := Fixed().PartAttempts
	for _, test := range []struct {
		op     string
		status int
		want   int
	}{
		{"values", 503, most}, {"package", 503, most}, {"token", 503, most}, {"list", 503, most}, {"create", 429, 1 + Fixed().CreateRounds}, {"create", 503, most},
		{"url", 503, most}, {"put", 503, most}, {"complete", 503, most}, {"delete", 503, most},
		// A token that is refused is renewed, once.
		{"list", 403, 2}, {"create", 403, 2}, {"url", 401, 2}, {"complete", 403, 2},
	} {
		for _, stack := range []int{1, 3, 5, 8, most} {
			want := test.want
			if want == most {
				want = (most + stack - 1) / stack * stack
			}
			t.Run(fmt.Sprint(test.op, " ", test.status, " ", stack), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(t)
					f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
						switch {
						case op == test.op:
							return says(test.status, "")
						case test.op == "delete" && op == "put":
							return says(404, "") // so that there is something to delete
						}
						return nil, nil
					}
					if _, err := f.connector(t, Fixed(), retrying(stack)).Upload(t.Context(), source("a", some(4))); err == nil {
						t.Error("no error")
					}
					if test.op == "delete" && test.status == 503 { // which has two minutes as well, and the dice may use them up before the last attempts
						if n := f.counts()["delete"]; n < want/2 || n > want {
							t.Errorf("%d attempts, want at most %d", n, want)
						}
						return
					}
					f.expect(t, map[string]int{test.op: want})
				})
			})
		}
	}
}

// The attempts of a part count over all passes.
func TestAttemptsOverPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op != "put" || r.URL.Query().Get("partNumber") != "2":
				return nil, nil
			case f.counts()["create"] == 1 && f.counts()["put"] > 8: // the upload is gone in the middle of its attempts
				return says(404, "")
			}
			return says(503, "")
		}
		_, err := f.connector(t, Fixed(), func(c *Config) { c.InFlight = 1 }).Upload(t.Context(), source("a", some(2)))
		if !isStatus(err, s3, 503) {
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"create": 2, "put": 2 + Fixed().PartAttempts})
	})
}

// When a part has used up its attempts no pass goes on with what others bring: so nobody waits for them.
func TestAttemptsUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op != "put":
				return nil, nil
			case r.URL.Query().Get("partNumber") == "1":
				return says(503, "")
			}
			return nil, sleep(r.Context(), time.Hour)
		}
		begun := time.Now()
		_, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", some(3)))
		if !isStatus(err, s3, 503) || time.Since(begun) > 5*time.Minute {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

// A deletion that is refused is asked for with one newer token.
func TestRefusedDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "delete" {
				return says(403, "")
			}
			return nil, nil
		}
		if err := f.connector(t, Fixed(), nil).Delete(t.Context(), "7f1c2a00-0000-4000-8000-000000000001"); !isStatus(err, ucs, 403) {
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"delete": 2})
	})
}

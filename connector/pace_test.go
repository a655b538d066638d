package connector

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// However long tokens take, and however long they wait for their turn, calls to the UCS stay apart, and none is made with a token that has run out.
func TestCallIntervalAndTokens(t *testing.T) {
	for name, tt := range map[string]struct {
		interval, token time.Duration // least time between calls; how long a token takes
		within          time.Duration
	}{
		"slow tokens":     {300 * time.Millisecond, 1200 * time.Millisecond, 10 * time.Second},
		"a long queue":    {8 * time.Second, time.Second, 3 * time.Minute},
		"slower than all": {time.Second, 8 * time.Second, 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				b := Fixed()
				b.CallInterval, b.RenewOn401, b.PartAttempts = tt.interval, false, 1
				var last time.Time
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					if op == "token" {
						return nil, sleep(r.Context(), tt.token)
					}
					if strings.HasPrefix(r.URL.Path, "/ucs/boxes/") {
						f.mu.Lock()
						defer f.mu.Unlock()
						if apart := time.Since(last); !last.IsZero() && apart < tt.interval {
							t.Errorf("%s came %v after the call before it", op, apart)
						}
						last = time.Now()
					}
					return nil, nil
				}
				c := f.connector(t, b, func(c *Config) {
					c.InFlight = 5
					c.Offset = func(part int) time.Duration { return time.Duration(10-part) * time.Millisecond }
				})
				start, plain := time.Now(), some(8)
				up, err := c.Upload(t.Context(), source("a", plain))
				if err != nil {
					t.Fatal(err)
				}
				f.check(t, up, plain)
				if took := time.Since(start); took > tt.within {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

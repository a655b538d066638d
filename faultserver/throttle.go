package faultserver

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle is a token bucket for each scope. Who gets the last token depends on the order of arrival.
type throttle struct {
	Throttle
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newThrottle(t Throttle) *throttle {
	if t.Burst < 1 {
		t.Burst = 1
	}
	if t.Status == 0 {
		t.Status = 429
	}
	return &throttle{Throttle: t, buckets: map[string]*rate.Limiter{}}
}

// take takes a token out of a scope's bucket, or returns how much of one is missing. The time is taken under the lock: a
// limiter whose clock goes back fills the same moments twice. So it is the time at which the rule is asked, which is later
// than the arrival if a latency came first.
func (f *throttle) take(scope string) (missing float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, now := f.bucket(scope), time.Now()
	if b.AllowN(now, 1) {
		return 0
	}
	return 1 - b.TokensAt(now)
}

// reserve takes the next token that nobody has taken, and returns how long it will take to be there.
func (f *throttle) reserve(scope string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	return f.bucket(scope).ReserveN(now, 1).DelayFrom(now)
}

// bucket returns a scope's bucket; the caller holds f.mu.
func (f *throttle) bucket(scope string) *rate.Limiter {
	b := f.buckets[scope]
	if b == nil { // a new bucket is full
		b = rate.NewLimiter(rate.Limit(f.Rate), f.Burst)
		f.buckets[scope] = b
	}
	return b
}

func (f *throttle) act(x *exchange) bool {
	if x.paid[x.rule.Name] {
		return false
	}
	missing := f.take(f.key(x))
	if missing <= 0 {
		return false
	}
	x.note(fmt.Sprintf("throttle %d", f.Status))
	x.hint(f.RetryAfter, max(time.Duration(missing/float64(f.Rate)*float64(time.Second)), time.Millisecond))
	code := ""
	if f.Status == 503 {
		code = "SlowDown"
	}
	x.fail(f.Status, code)
	return true
}

// key names the bucket that pays for an exchange.
func (f *throttle) key(x *exchange) string {
	switch f.Scope {
	case "client":
		return "client " + x.row.Client
	case "connection":
		return "connection " + strconv.Itoa(x.row.Connection)
	case "key":
		return "key " + x.req.Bucket + "/" + x.req.Key
	}
	return "all"
}

func (f *throttle) scopeOf(x *exchange) string {
	if f.RetryAfter.Form == "none" {
		return ""
	}
	return f.key(x)
}

package faults

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ratebench/ratebench/internal/units"
)

// Throttle is a token bucket: Rate tokens per second up to Burst; an attempt that finds no token is answered with
// Status and a hint. Its decisions depend on the order of arrival.
type Throttle struct {
	Rate  units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Tokens per second. One token pays one attempt."`
	Burst int        `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket. Default 1.,minimum=1"`
	// Scope is what shares one bucket: all (default), client, connection or key.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares one bucket.,enum=all,enum=client,enum=connection,enum=key,default=all"`
	// Status is 429 (default) or 503; 503 carries the S3 code SlowDown.
	Status int `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=HTTP status of the refusal.,enum=429,enum=503,default=429"`
	Answer `yaml:",inline"`
}

// Defaults implements Config.
func (c *Throttle) Defaults() {
	c.Burst = cmp.Or(c.Burst, 1)
	c.Scope = cmp.Or(c.Scope, ScopeAll)
	c.Status = cmp.Or(c.Status, 429)
	if c.Status == 503 {
		c.S3Code = cmp.Or(c.S3Code, "SlowDown")
	}
	c.Answer.defaults(c.Status, true)
}

// New implements Config.
func (c *Throttle) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "must be more than 0/s")
	}
	return &throttle{Throttle: *c, buckets: map[string]*rate.Limiter{}}, c.check()
}

type throttle struct {
	Throttle
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
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

// Reserve implements Reserving: it takes the next token that nobody has taken.
func (f *throttle) Reserve(x *Exchange) (time.Duration, bool) {
	if f.Scope == ScopeConnection {
		return 0, false // which connection it will be is not known
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	return f.bucket(x.ScopeKey(f.Scope)).ReserveN(now, 1).DelayFrom(now), true
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

func (f *throttle) Act(x *Exchange) bool {
	missing := f.take(x.ScopeKey(f.Scope))
	if missing <= 0 {
		return false
	}
	x.Note(fmt.Sprintf("throttle %d", f.Status))
	x.Refuse(f, f.Status, f.Answer, max(time.Duration(missing/float64(f.Rate)*float64(time.Second)), time.Millisecond))
	return true
}

// HintScope implements Hinting.
func (f *throttle) HintScope(x *Exchange) string {
	if f.RetryAfter.Form == formNone {
		return ""
	}
	return x.ScopeKey(f.Scope)
}

package faults

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
)

// Limited is what all limiters share: whose requests are counted together, and how they refuse.
type Limited struct {
	// Scope is what shares one limit: all (default), client, connection, key, prefix (the key up to its last slash) or
	// upload.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares one limit.,enum=all,enum=client,enum=connection,enum=key,enum=prefix,enum=upload,default=all"`
	// Status is 429 or 503, with which S3 says SlowDown.
	Status int `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=HTTP status of the refusal.,minimum=400,maximum=599"`
	Answer `yaml:",inline"`
}

// defaults fills in what was left out. knows: the limit knows how long to wait.
func (c *Limited) defaults(status int, knows bool) {
	def(&c.Scope, ScopeAll)
	def(&c.Status, status)
	if c.Status == 503 {
		c.usual = "SlowDown"
	}
	c.Answer.defaults(c.Status, knows)
}

// refuse answers for a limiter.
func (c *Limited) refuse(x *Exchange, f Fault, name string, wait time.Duration, q ...Quota) {
	x.Note(fmt.Sprintf("%s %d", name, c.Status))
	x.Refuse(f, c.Status, c.Answer, max(wait, time.Millisecond), q...)
}

// HintScope implements Hinting.
func (c *Limited) HintScope(x *Exchange) string { return x.ScopeKey(c.Scope) }

// Capacity is how much a limiter lets through: what the bound of a scenario is computed from.
type Capacity struct {
	Scope string
	// Bytes: units are bytes of requests' bodies, not requests.
	Bytes bool
	// Allows is the most units of one scope in the first t of a trial.
	Allows func(t time.Duration) float64
}

// Bounding is a config whose fault bounds what can be done in a time. Defaults was called before.
type Bounding interface {
	Capacity() Capacity
}

// limit is a fault that asks a model, one for each scope. Who gets the last unit depends on the order of arrival.
type limit struct {
	Limited
	name  string
	bytes bool // units are bytes
	model func(start time.Time) limits.Model
	mu    sync.Mutex
	state *states[slot]
}

type slot struct{ model limits.Model }

func newLimit(c Limited, name string, bytes bool, model func(start time.Time) limits.Model) (Fault, error) {
	return &limit{Limited: c, name: name, bytes: bytes, model: model, state: newStates[slot]()}, c.check()
}

// capacity is what a model made at the start of a trial allows.
func capacity(c Limited, bytes bool, m limits.Model) Capacity {
	return Capacity{Scope: c.Scope, Bytes: bytes, Allows: m.Allows}
}

// with calls do with the scope's model and a time that does not go back: it is taken under the lock, so it is when the rule
// is asked, which is later than the arrival if a latency came first.
func (f *limit) with(x *Exchange, do func(m limits.Model, now time.Time)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	s := f.state.get(x.ScopeKey(f.Scope))
	if s.model == nil {
		start := now.Add(-x.Host.Since(now)) // of the trial
		s.model = f.model(start)
	}
	do(s.model, now)
}

// cost is what an attempt takes.
func (f *limit) cost(x *Exchange) float64 {
	if !f.bytes {
		return 1
	}
	return float64(max(x.R.ContentLength, 0))
}

func (f *limit) Act(x *Exchange) bool {
	var wait time.Duration
	var ok bool
	var q []Quota
	f.with(x, func(m limits.Model, now time.Time) {
		wait, ok = m.Take(now, f.cost(x))
		if len(f.RateLimit) > 0 {
			q = f.quota(m, now)
		}
	})
	if !ok {
		f.refuse(x, f, f.name, wait, q...)
		return true
	}
	if len(q) > 0 {
		x.changeHeader(func(_ int, h http.Header) { q[0].set(h, f.RateLimit) })
	}
	if wait > 0 {
		x.Note(f.name + " wait")
		x.Host.Wait(wait)
	}
	return false
}

// quota is what is left, if the model can say so.
func (f *limit) quota(m limits.Model, now time.Time) []Quota {
	meter, can := m.(limits.Meter)
	if !can {
		return nil
	}
	limit, left, reset := meter.Left(now)
	q := Quota{Limit: int(math.Ceil(limit)), Remaining: int(left), Reset: reset}
	switch m := m.(type) {
	case *limits.FixedWindow:
		q.Window = m.Window
	case *limits.SlidingWindow:
		q.Window = m.Window
	}
	if f.bytes {
		q.Unit = "content-bytes"
	}
	return []Quota{q}
}

// Reserve implements Reserving.
func (f *limit) Reserve(x *Exchange) (wait time.Duration, ok bool) {
	if f.Scope == ScopeConnection {
		return 0, false // which connection it will be is not known
	}
	f.with(x, func(m limits.Model, now time.Time) {
		if r, can := m.(limits.Reserver); can {
			wait, ok = r.Reserve(now, f.cost(x)), true
		} else {
			wait, ok = m.Take(now, f.cost(x))
		}
	})
	return wait, ok
}

// Would implements Shadowing: it takes what the attempt needs.
func (f *limit) Would(x *Exchange) (would bool) {
	f.with(x, func(m limits.Model, now time.Time) {
		wait, ok := m.Take(now, f.cost(x))
		would = !ok || wait > 0
	})
	return would
}

package faults

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// RateLimitHeaders tells clients of a quota that nobody enforces: each answer counts down, and a new window fills it up.
// Set beside a limit with the same numbers, it tells of that one.
type RateLimitHeaders struct {
	Limit int `yaml:"limit" json:"limit" jsonschema:"description=Requests in a window.,minimum=1"`
	// Window is how long they are for. Zero: 1 min.
	Window units.Duration `yaml:"window,omitempty" json:"window,omitempty" jsonschema:"description=How long the limit is for.,default=1m"`
	Scope  string         `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares one count.,enum=all,enum=client,enum=connection,enum=key,enum=prefix,enum=upload,default=client"`
	// Form lists the families. Empty: draft.
	Form []string `yaml:"form,omitempty" json:"form,omitempty" jsonschema:"description=Families of headers: draft (default) and legacy.,enum=draft,enum=legacy"`
}

// Defaults implements Config.
func (c *RateLimitHeaders) Defaults() {
	def(&c.Window, units.Duration(time.Minute))
	def(&c.Scope, ScopeClient)
	if len(c.Form) == 0 {
		c.Form = []string{"draft"}
	}
}

// New implements Config.
func (c *RateLimitHeaders) New(Env) (Fault, error) {
	if c.Limit < 1 {
		return nil, Wrong("limit", "must be at least 1")
	}
	kept := *c
	kept.Form = slices.Clone(c.Form)
	return &rateLimitHeaders{RateLimitHeaders: kept, state: newStates[tally]()}, nil
}

type rateLimitHeaders struct {
	RateLimitHeaders
	mu    sync.Mutex
	state *states[tally]
}

type tally struct {
	window int64
	used   int
}

func (f *rateLimitHeaders) Act(x *Exchange) bool {
	x.Note("rate_limit_headers")
	q := f.count(x)
	x.changeHeader(func(_ int, h http.Header) { q.set(h, f.Form) })
	return false
}

func (f *rateLimitHeaders) count(x *Exchange) Quota {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.state.get(x.ScopeKey(f.Scope))
	at := x.Host.Since(x.Arrived)
	if n := int64(at / f.Window.D()); n != t.window {
		*t = tally{window: n}
	}
	t.used++
	return Quota{Limit: f.Limit, Remaining: max(0, f.Limit-t.used), Window: f.Window.D(), Reset: f.Window.D() - at%f.Window.D()}
}

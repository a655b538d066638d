package transport

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Option changes how a layer or Do is built. Each says where it has a meaning; elsewhere it has none.
type Option func(*options)

type options struct {
	seeds    *seeder
	key      func(*http.Request) string
	budget   strategies.Budget
	guard    strategies.Gate
	hooks    []Hooks
	counters *Counters
	name     string
	timeout  time.Duration

	untilRead bool
}

func newOptions(opts []Option) *options {
	o := &options{seeds: new(seeder)}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// Seeded makes the outermost layer, or Do, take all its randomness from rnd, which must be used by nothing else: it is
// guarded by a lock. Without it the seeds come from the runtime and differ from run to run.
func Seeded(rnd *rand.Rand) Option {
	s := &seeder{rnd: rnd} // one for all that are built with this option
	return func(o *options) { o.seeds = s }
}

// KeyedBy says what shares a limit, for the strategies of the outermost layer and those below it; see ByHost, ByBucket and
// ByPrefix. Without it that is the host.
func KeyedBy(key func(*http.Request) string) Option { return func(o *options) { o.key = key } }

// WithBudget bounds the retries of Retry, or Do, by a budget, which several of them may share. It is asked before the wait; when it
// says no, the caller gets the last answer.
func WithBudget(b strategies.Budget) Option { return func(o *options) { o.budget = b } }

// WithGate makes Do ask a gate before each attempt. For requests there is the layer Gated.
func WithGate(g strategies.Gate) Option { return func(o *options) { o.guard = g } }

// WithHooks calls hooks of Retry, or Do, around each attempt, in the order in which they were given.
func WithHooks(h Hooks) Option { return func(o *options) { o.hooks = append(o.hooks, h) } }

// WithCounters makes Retry, or Do, count what it does. Several may share the counters.
func WithCounters(c *Counters) Option { return func(o *options) { o.counters = c } }

// Named names what Do does, for hooks and errors. Keep secrets out of it.
func Named(name string) Option { return func(o *options) { o.name = name } }

// WithTimeout ends the context of each attempt of Do after d. For requests there is the layer AttemptTimeout.
func WithTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// UntilRead makes Gated tell its gate of an answer's end, Done, when its body has been read to its end, failed or is closed, and not when
// its headers have come: what a connection pool of a fixed size does, and what bounds the load of downloads. What Done is told is what was
// known at the headers. An answer whose body nobody closes keeps its place for ever, as it keeps its connection.
func UntilRead() Option { return func(o *options) { o.untilRead = true } }

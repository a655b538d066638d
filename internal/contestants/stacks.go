package contestants

import (
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// stack implements runner.StackContestant. layers is called once for every client, so that clients share no state.
type stack struct {
	name   string
	layers func(c runner.Client) []transport.Layer
}

// Name implements runner.Contestant.
func (s *stack) Name() string { return s.name }

// RoundTripper implements runner.StackContestant.
func (s *stack) RoundTripper(c runner.Client) http.RoundTripper {
	return transport.Stack(c.Wire, s.layers(c)...)
}

// wholeStack is a stack of one layer that needs nothing of the client but its wire.
func wholeStack(name string, layer transport.Layer) *stack {
	return &stack{name, func(runner.Client) []transport.Layer { return []transport.Layer{layer} }}
}

// child derives a random source from the client's: several layers must not share one that takes no concurrent use.
func child(c runner.Client) *rand.Rand {
	if c.Rand == nil {
		return nil
	}
	return rand.New(rand.NewPCG(c.Rand.Uint64(), c.Rand.Uint64()))
}

func newNoRetry(name string, _ values) (runner.Contestant, error) {
	return &stack{name, func(runner.Client) []transport.Layer { return nil }}, nil
}

func newImmediate(name string, v values) (runner.Contestant, error) {
	return policyStack(name, strategies.Policy{Attempts: v.count("attempts"), Backoff: strategies.None{}, IgnoreHint: true}), nil
}

func newExponential(name string, v values) (runner.Contestant, error) {
	p, err := exponential(v)
	if err != nil {
		return nil, err
	}
	return policyStack(name, p), nil
}

func newSharedPause(name string, v values) (runner.Contestant, error) {
	p, err := exponential(v)
	if err != nil {
		return nil, err
	}
	retries := policyStack(name, p)
	return &stack{name, func(c runner.Client) []transport.Layer {
		return append(retries.layers(c), transport.Gated(&strategies.SharedPause{}))
	}}, nil
}

func exponential(v values) (strategies.Policy, error) {
	e := strategies.Exponential{Base: v.duration("base"), Cap: v.duration("cap")}
	if e.Cap > 0 && e.Base > e.Cap {
		return strategies.Policy{}, fmt.Errorf("base %v is longer than cap %v: lower base or raise cap", e.Base, e.Cap)
	}
	return strategies.Policy{Attempts: v.count("attempts"), Backoff: strategies.FullJitter{Of: e}}, nil
}

// policyStack retries every method: the requests of a multipart upload do no harm when they are repeated. At worst
// creating it twice leaves an empty upload behind, and completing it twice is refused, as bad as not trying.
func policyStack(name string, p strategies.Policy) *stack {
	p.When = strategies.Transient()
	p.When.AnyMethod = true
	return &stack{name, func(c runner.Client) []transport.Layer {
		return []transport.Layer{transport.Retry(p.For, transport.Seeded(child(c)))}
	}}
}

func newGHGAPython(name string, v values) (runner.Contestant, error) {
	retry := transport.GHGARetryConfig{
		NumRetries:            v.count("num_retries"),
		ExponentialBackoffMax: v.duration("exponential_backoff_max"),
		RetryStatusCodes:      v.statuses("retry_status_codes"),
	}
	limit := transport.GHGARateLimitConfig{
		PerRequestJitter:                   v.duration("per_request_jitter"),
		RetryAfterApplicableForNumRequests: v.count("retry_after_applicable_for_num_requests"),
	}
	return &stack{name, func(c runner.Client) []transport.Layer {
		limit := limit
		limit.Rand = child(c)
		return []transport.Layer{transport.GHGARetry(retry), transport.GHGARateLimit(limit)}
	}}, nil
}

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
	return retrying(name, v, strategies.None{}, func(p *strategies.Policy) { p.IgnoreHint = true }), nil
}

// anyMethod is what our own contestants retry: every method, since the requests of a multipart upload do no harm when they
// are repeated. At worst creating it twice leaves an empty upload behind, and completing it twice is refused, as bad as not
// trying.
func anyMethod() strategies.Rule {
	rule := strategies.Transient()
	rule.AnyMethod = true
	return rule
}

// retrying is a stack of a retry layer alone.
func retrying(name string, v values, b strategies.Backoff, change ...func(*strategies.Policy)) *stack {
	p := strategies.Policy{Attempts: v.count("attempts"), Backoff: b, When: anyMethod()}
	for _, c := range change {
		c(&p)
	}
	return &stack{name, func(c runner.Client) []transport.Layer {
		return []transport.Layer{transport.Retry(p.For, transport.Seeded(child(c)))}
	}}
}

// fullJitter is the backoff of all contestants that are about something else.
func fullJitter(v values) (strategies.Backoff, error) {
	if err := checkBase(v); err != nil {
		return nil, err
	}
	return strategies.FullJitter{Of: strategies.Exponential{Base: v.duration("base"), Cap: v.duration("cap")}}, nil
}

func checkBase(v values) error {
	if base, most := v.duration("base"), v.duration("cap"); most > 0 && base > most {
		return fmt.Errorf("base %v is longer than cap %v: lower base or raise cap", base, most)
	}
	return nil
}

// extras is what a client has besides its retries, made anew for each.
type extras struct {
	budget strategies.Budget
	below  []transport.Layer
}

// withExtras makes the rows whose retries are those of exponential, and of some kinds of errors more, and that bring something for
// each client besides.
func withExtras(each func(v values) extras, errors ...strategies.ErrorKind) func(string, values) (runner.Contestant, error) {
	return func(name string, v values) (runner.Contestant, error) {
		b, err := fullJitter(v)
		if err != nil {
			return nil, err
		}
		p := strategies.Policy{Attempts: v.count("attempts"), Backoff: b, When: anyMethod()}
		p.When.Errors = append(p.When.Errors, errors...)
		return &stack{name, func(c runner.Client) []transport.Layer {
			e := each(v)
			retry := transport.Retry(p.For, transport.Seeded(child(c)), transport.WithBudget(e.budget))
			return append([]transport.Layer{retry}, e.below...)
		}}, nil
	}
}

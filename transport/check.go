package transport

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// problems collects what is wrong with a Config.
type problems []error

func (p *problems) addf(format string, args ...any) {
	*p = append(*p, fmt.Errorf("transport: "+format, args...))
}

// check returns all that is wrong, joined.
func (c *Config) check() error {
	var p problems
	c.checkRetries(&p)
	c.checkWaits(&p)
	c.checkGates(&p)
	c.checkWire(&p)
	return errors.Join(p...)
}

func (c *Config) checkRetries(p *problems) {
	if c.Attempts < 0 {
		p.addf("Attempts is %d; write 1 for no retry", c.Attempts)
	}
	plain := c.Attempts != 0 || c.Backoff != nil || c.When != nil || c.HintJitter != 0 || c.MaxHint != 0 || c.LongHint != 0
	if c.Policy != nil && plain {
		p.addf("Policy decides alone, so Attempts, Backoff, When, HintJitter, MaxHint and LongHint would mean nothing beside it: give either")
	}
	if c.Attempts == 1 {
		for _, field := range []struct {
			name  string
			given bool
		}{
			{"Backoff", c.Backoff != nil}, {"When", c.When != nil}, {"Budget", c.Budget != nil}, {"HintJitter", c.HintJitter != 0},
			{"MaxHint", c.MaxHint != 0}, {"LongHint", c.LongHint != 0},
		} {
			if field.given {
				p.addf("%s is about retries, and with one attempt there are none: remove it, or raise Attempts", field.name)
			}
		}
	}
	if c.When == nil {
		return
	}
	if len(c.When.Statuses)+len(c.When.Codes)+len(c.When.Errors) == 0 {
		p.addf("When retries nothing: name statuses, codes or errors in it, or write Attempts: 1")
	}
	for _, s := range c.When.Statuses {
		if s < 400 || s > 599 {
			p.addf("When retries status %d, which is no error: retry 4xx and 5xx", s)
		}
	}
	if slices.Contains(c.When.Errors, strategies.NoError) {
		p.addf("When retries NoError, which is no error: remove it")
	}
	if slices.Contains(c.When.Errors, strategies.Canceled) {
		p.addf("When retries calls that their caller has cancelled, whom no answer reaches any more: remove Canceled")
	}
}

func (c *Config) checkWaits(p *problems) {
	c.checkBackoff(p)
	if c.LongHint != strategies.FailLongHint && c.LongHint != strategies.CapLongHint {
		p.addf("LongHint %d is neither FailLongHint nor CapLongHint", c.LongHint)
	}
	if c.LongHint == strategies.CapLongHint && c.MaxHint < 0 {
		p.addf("LongHint caps what is over MaxHint, and no hint is, since MaxHint is negative: set MaxHint")
	}
	if most := cmp.Or(c.MaxHint, defaultMaxHint); most > 0 && c.HintJitter > most {
		p.addf("HintJitter %v is over MaxHint %v: what is added to a hint should be less than the longest one", c.HintJitter, most)
	}
	if c.AttemptTimeout < 0 {
		p.addf("AttemptTimeout is negative; write 0 for none")
	}
	if h := c.Hedging; h != nil {
		if h.After < 0 || h.Quantile < 0 || h.Quantile >= 1 || h.Copies < 0 || h.Share < 0 {
			p.addf("Hedging has a value out of range: After, Copies and Share are not negative, and Quantile is from 0 to 1")
		}
		if h.After > 0 && c.AttemptTimeout > 0 && h.After >= c.AttemptTimeout {
			p.addf("Hedging waits for %v, and by then AttemptTimeout %v has ended the attempt: lower After", h.After, c.AttemptTimeout)
		}
		if h.Share > float64(max(h.Copies, 1)) {
			p.addf("Hedging.Share %g is over its Copies: there are never so many copies for a request", h.Share)
		}
		if n := c.Connections; n != nil && h.After > 0 && n.HeaderTimeout > 0 && h.After >= n.HeaderTimeout {
			p.addf("Hedging waits for %v, and by then Connections.HeaderTimeout %v has ended the attempt: lower After", h.After, n.HeaderTimeout)
		}
		if h.After > 0 && h.Quantile > 0 {
			p.addf("Hedging has both After and Quantile: give either")
		}
	}
}

func (c *Config) checkBackoff(p *problems) {
	if c.Backoff == nil {
		return
	}
	if isNil(c.Backoff) {
		p.addf("Backoff is a nil pointer")
		return
	}
	switch least, most, known := bounds(c.Backoff); {
	case !known:
	case least < 0 || most < 0:
		p.addf("Backoff has a negative time")
	case least == 0:
		p.addf("Backoff never waits, since its Base is 0: write strategies.None{} if that is meant")
	case most > 0 && least > most:
		p.addf("Backoff begins at %v, over its cap of %v: lower Base or raise Cap", least, most)
	}
	if j, ok := c.Backoff.(strategies.ScaledJitter); ok && j.Low > j.High {
		p.addf("Backoff scales by %g to %g: Low is over High", j.Low, j.High)
	}
}

// isNil reports whether an interface holds a nil pointer.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// bounds returns base and cap of the backoffs that have them. A pointer is as good as what it points to.
func bounds(b strategies.Backoff) (least, most time.Duration, known bool) {
	if r := reflect.ValueOf(b); r.Kind() == reflect.Pointer && !r.IsNil() {
		if v, ok := r.Elem().Interface().(strategies.Backoff); ok {
			b = v
		}
	}
	switch b := b.(type) {
	case nil: // in a jitter
		return 0, 0, true
	case strategies.Constant:
		return b.Base, 0, true
	case strategies.Exponential:
		return b.Base, b.Cap, true
	case strategies.Linear:
		return b.Base, b.Cap, true
	case strategies.Polynomial:
		return b.Base, b.Cap, true
	case strategies.Fibonacci:
		return b.Base, b.Cap, true
	case strategies.Decorrelated:
		return b.Base, b.Cap, true
	case strategies.FinagleDecorrelated:
		return b.Base, b.Cap, true
	case strategies.PollyV2:
		return b.Base, b.Cap, true
	case strategies.FullJitter:
		return bounds(b.Of)
	case strategies.EqualJitter:
		return bounds(b.Of)
	case strategies.ScaledJitter:
		return bounds(b.Of)
	}
	return 0, 0, false
}

func (c *Config) checkGates(p *problems) {
	all := append([]strategies.Gate{c.Breaker}, c.Gates...)
	for i, g := range c.Gates {
		if g == nil || isNil(g) {
			p.addf("Gates[%d] is nil", i)
		} else if reflect.TypeOf(g).Kind() == reflect.Pointer && slices.Contains(all[:i+1], g) {
			p.addf("Gates[%d] stands there twice, or is the Breaker as well: each attempt would count twice", i)
		}
	}
}

func (c *Config) checkWire(p *problems) {
	if isNil(c.Wire) || isNil(c.Budget) || isNil(c.Breaker) || isNil(c.Policy) {
		p.addf("Wire, Budget, Breaker or Policy is a nil pointer, which is not the same as none")
	}
	if _, ok := c.Wire.(*client); ok {
		p.addf("Wire is a stack from New itself: its retries would multiply with these; give it the wire alone")
	}
	if c.Logger != nil && c.Hooks != nil {
		p.addf("Logger is for the default hooks, and Hooks are given: add LogHooks(logger) to them, or remove it")
	}
	n := c.Connections
	if n == nil {
		return
	}
	if n.HTTP1Only && n.TLS != nil && slices.Contains(n.TLS.NextProtos, "h2") {
		p.addf("Connections.HTTP1Only, and TLS.NextProtos offers h2: remove it there")
	}
	if c.Wire != nil {
		p.addf("Connections are for the wire that New makes, and Wire brings its own: give either")
	}
	if n.MaxPerHost < 0 || n.MaxIdle < 0 || n.IdleTimeout < 0 || n.DialTimeout < 0 || n.HeaderTimeout < 0 {
		p.addf("Connections has a negative value; write 0 for the default")
	}
	if n.MaxPerHost > 0 && n.MaxIdle > n.MaxPerHost {
		p.addf("Connections keeps %d idle connections of at most %d: lower MaxIdle", n.MaxIdle, n.MaxPerHost)
	}
	if c.AttemptTimeout > 0 && n.HeaderTimeout >= c.AttemptTimeout {
		p.addf("Connections.HeaderTimeout %v never acts, since AttemptTimeout %v ends the attempt before: lower it, or remove either",
			n.HeaderTimeout, c.AttemptTimeout)
	}
}

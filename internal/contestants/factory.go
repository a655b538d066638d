package contestants

import (
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// factory returns the row of the stack that package transport makes by default.
func factory() []Contestant {
	return []Contestant{{
		Name: "transport", Kind: KindStack, make: newFactory,
		Summary: "transport.New with its defaults: full jitter, Retry-After as a floor with jitter on top, and one of over 2 min ends the call.",
		Params: []Param{attempts, base, capped,
			{Name: "hint_jitter", Type: TypeDuration, Default: "500ms", Help: "Random wait on top of a Retry-After.", Search: searchPause},
			{Name: "max_hint", Type: TypeDuration, Default: "2m", Help: "Longest Retry-After that is obeyed. 0s: any."},
			{Name: "long_hint", Type: TypeChoice, Default: "fail", Choices: []string{"fail", "cap"}, Help: "What becomes of a longer one: fail ends the call, cap waits for max_hint."},
			{Name: "attempt_timeout", Type: TypeDuration, Default: "0s", Help: "How long an attempt may take. 0s: for ever.", Search: logs("1s", "2m", "0s")},
		},
	}}
}

// made is a contestant that transport.New makes.
type made struct {
	name string
	v    values
}

func newFactory(name string, v values) (runner.Contestant, error) {
	m := &made{name, v}
	_, err := transport.New(m.config(runner.Client{}))
	return m, err
}

// Name implements runner.Contestant.
func (m *made) Name() string { return m.name }

// RoundTripper implements runner.StackContestant. That the settings go together was seen when it was made.
func (m *made) RoundTripper(c runner.Client) http.RoundTripper {
	rt, err := transport.New(m.config(c))
	if err != nil {
		return unmade{err}
	}
	return rt
}

func (m *made) config(c runner.Client) transport.Config {
	rule := anyMethod()
	cfg := transport.Config{Wire: c.Wire, Rand: child(c), Hooks: []transport.Hooks{}, AttemptTimeout: m.v.duration("attempt_timeout")}
	if cfg.Attempts = m.v.count("attempts"); cfg.Attempts == 1 {
		return cfg
	}
	cfg.When = &rule
	cfg.Backoff = strategies.FullJitter{Of: strategies.Exponential{Base: m.v.duration("base"), Cap: m.v.duration("cap")}}
	cfg.HintJitter, cfg.MaxHint = orNone(m.v.duration("hint_jitter")), orNone(m.v.duration("max_hint"))
	if m.v.text("long_hint") == "cap" {
		cfg.LongHint = strategies.CapLongHint
	}
	return cfg
}

// orNone turns a parameter's 0 into the negative number that transport.Config has for none.
func orNone(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// unmade is a stack that could not be made.
type unmade struct{ err error }

func (f unmade) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body.Close()
	}
	return nil, f.err
}

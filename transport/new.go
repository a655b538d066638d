package transport

import (
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Config says what New builds. Its zero value is a stack to begin with: five attempts with full jitter from 100 ms to 10 s, for
// trouble that passes, with Retry-After as a floor, over a connection pool of its own.
type Config struct {
	// Attempts of each call, the first included. 0: 5; 1: no retry.
	Attempts int
	// Backoff between them. Nil: strategies.FullJitter around strategies.Exponential{Base: 100 ms, Cap: 10 s}.
	Backoff strategies.Backoff
	// When an attempt is worth another. Nil: strategies.Transient().
	When *strategies.Rule
	// HintJitter is how much is added at most to a wait that the server asked for, so that not all come back at once. 0:
	// 500 ms; negative: none.
	HintJitter time.Duration
	// MaxHint is the longest wait asked for by the server that is obeyed. 0: 2 min; negative: any. LongHint says what becomes of a
	// longer one: by default the caller gets the answer at once.
	MaxHint  time.Duration
	LongHint strategies.LongHint
	// Policy decides about retries in place of the six fields above.
	Policy Policy
	// Budget bounds the retries of all calls together. Nil: only Attempts bounds them.
	Budget strategies.Budget

	// Breaker is asked before each call, above the retries, and told how the call ended. Nil: none.
	Breaker strategies.Gate
	// Hedging sends what takes long once more. Nil: never.
	Hedging *Hedging
	// Gates are asked before each attempt, in this order: rate limits, bounds on what is in flight, a shared pause. One that
	// waits for others (a rate limit) goes before one that holds a place (a bulkhead), or a place is held for nothing.
	Gates []strategies.Gate
	// AttemptTimeout is how long an attempt may take until its answer's headers; 0: as long as it takes.
	AttemptTimeout time.Duration

	// Key says what shares a limit. Nil: ByHost.
	Key func(*http.Request) string
	// Hooks are called around each attempt. Nil: LogHooks(Logger); empty, but not nil: none.
	Hooks []Hooks
	// Logger is for the default hooks. Nil: slog.Default().
	Logger *slog.Logger
	// Counters count what is done. Nil: nobody counts.
	Counters *Counters
	// Rand is the source of all randomness, and used by nothing else; it makes a stack repeatable. Nil: the runtime's.
	Rand *rand.Rand

	// Wire is what sends the attempts. Nil: an http.Transport with Connections, which may not be given otherwise.
	Wire        http.RoundTripper
	Connections *Connections
}

// Connections are the settings of the connection pool. The zero value has those of http.DefaultTransport, but keeps as many
// idle connections to a host as there may be, or 100: with that transport's two, uploads in parallel dial anew all the time.
type Connections struct {
	MaxPerHost  int           // connections to a host, idle ones included; 0: no limit
	MaxIdle     int           // idle connections to a host; 0: MaxPerHost, or 100
	IdleTimeout time.Duration // until an idle one is closed; 0: 90 s
	DialTimeout time.Duration // 0: 30 s
	// HeaderTimeout is how long the answer's headers may take once the request is sent; 0: no limit.
	HeaderTimeout time.Duration
	// Proxy is http.ProxyFromEnvironment if it is nil.
	Proxy func(*http.Request) (*url.URL, error)
	TLS   *tls.Config
	// HTTP1Only turns HTTP/2 off. Over HTTP/2 all requests to a host share a connection, and so one congestion window.
	HTTP1Only bool
}

// What a Config has where nothing is given.
const (
	defaultAttempts   = 5
	defaultBase       = 100 * time.Millisecond
	defaultCap        = 10 * time.Second
	defaultHintJitter = 500 * time.Millisecond
	defaultMaxHint    = 2 * time.Minute
)

// New builds a stack: the breaker over retry with its budget, over hedging, over the gates, over the attempt's timeout,
// over the wire. It puts every setting where it belongs, and refuses combinations that make no sense, with an error that says of
// each why. What it returns is safe for concurrent use, and is to be shared by all calls of a client: budget, gates and
// breaker only know what passes through it.
//
// A cache has its place above what New returns: an answer from it is no call, so it must neither use up a budget or a limit nor tell
// a breaker anything.
//
// http.Client.CloseIdleConnections reaches the wire.
func New(cfg Config) (http.RoundTripper, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	wire := cfg.Wire
	if wire == nil {
		wire = cfg.Connections.transport()
	}
	opts := []Option{KeyedBy(cfg.Key), Seeded(cfg.Rand)}
	var layers []Layer
	if cfg.Breaker != nil {
		layers = append(layers, Gated(cfg.Breaker, opts...))
	}
	layers = append(layers, Retry(cfg.policy().For, slices.Concat(opts, cfg.retryOptions())...))
	if cfg.Hedging != nil {
		layers = append(layers, Hedged(*cfg.Hedging))
	}
	for _, g := range cfg.Gates {
		layers = append(layers, Gated(g))
	}
	layers = append(layers, AttemptTimeout(cfg.AttemptTimeout))
	return &client{Stack(wire, layers...), wire}, nil
}

// client is a stack whose wire can still be reached.
type client struct {
	http.RoundTripper
	wire http.RoundTripper
}

// CloseIdleConnections implements what http.Client looks for.
func (c *client) CloseIdleConnections() {
	if w, ok := c.wire.(interface{ CloseIdleConnections() }); ok {
		w.CloseIdleConnections()
	}
}

func (c *Config) policy() Policy {
	if c.Policy != nil {
		return c.Policy
	}
	p := &strategies.Policy{
		Attempts: c.Attempts, Backoff: c.Backoff, HintJitter: max(c.HintJitter, 0), MaxHint: max(c.MaxHint, 0), LongHint: c.LongHint,
	}
	if c.Attempts == 0 {
		p.Attempts = defaultAttempts
	}
	if p.Backoff == nil {
		p.Backoff = strategies.FullJitter{Of: strategies.Exponential{Base: defaultBase, Cap: defaultCap}}
	}
	if c.When != nil {
		p.When = *c.When
	} else {
		p.When = strategies.Transient()
	}
	if c.HintJitter == 0 {
		p.HintJitter = defaultHintJitter
	}
	if c.MaxHint == 0 {
		p.MaxHint = defaultMaxHint
	}
	return p
}

func (c *Config) retryOptions() []Option {
	hooks := c.Hooks
	if hooks == nil {
		hooks = []Hooks{LogHooks(c.Logger)}
	}
	opts := []Option{WithBudget(c.Budget), WithCounters(c.Counters)}
	for _, h := range hooks {
		opts = append(opts, WithHooks(h))
	}
	return opts
}

func (c *Connections) transport() *http.Transport {
	if c == nil {
		c = &Connections{}
	}
	dial := c.DialTimeout
	if dial == 0 {
		dial = 30 * time.Second
	}
	t := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dial, KeepAlive: 30 * time.Second}).DialContext,
		Proxy:                 c.Proxy,
		TLSClientConfig:       c.TLS.Clone(), // net/http writes to it
		TLSHandshakeTimeout:   10 * time.Second,
		MaxConnsPerHost:       c.MaxPerHost,
		MaxIdleConnsPerHost:   c.MaxIdle,
		IdleConnTimeout:       c.IdleTimeout,
		ResponseHeaderTimeout: c.HeaderTimeout,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     !c.HTTP1Only,
	}
	if t.Proxy == nil {
		t.Proxy = http.ProxyFromEnvironment
	}
	if c.MaxIdle == 0 {
		t.MaxIdleConnsPerHost = 100
		if c.MaxPerHost > 0 {
			t.MaxIdleConnsPerHost = c.MaxPerHost
		}
	}
	if c.IdleTimeout == 0 {
		t.IdleConnTimeout = 90 * time.Second
	}
	if c.HTTP1Only {
		t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return t
}

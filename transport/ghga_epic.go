package transport

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// GHGAEpicConfig has the settings of GHGAEpic. The zero value has one connection and no jitter; see DefaultGHGAEpic.
type GHGAEpicConfig struct {
	// Connections is the number of pools, of size one each, so also how many requests are in flight at most. 0 is taken as 1.
	Connections int
	// Jitter bounds the random wait before every request.
	Jitter time.Duration
	// ForgetAfter is for how many requests on its connection a hint holds. 0 is taken as 1.
	ForgetAfter int
}

// DefaultGHGAEpic returns five connections, as the Connector has transfers at a time, no jitter, and hints that hold for one request, as the
// design that shipped has them.
func DefaultGHGAEpic() GHGAEpicConfig { return GHGAEpicConfig{Connections: 5, ForgetAfter: 1} }

// GHGAEpic is the rate limit that GHGA's epic "Laotian Rock Rat" sketched first, and dropped for lack of evidence: limits are
// kept for each connection, with n pools of size one. It is a contestant; it goes under GHGARetry.
//
// A request takes the connection that has been free for the longest, or waits for one in the order of arrival. On its connection it
// waits max(U(0, Jitter), hint), and holds the connection until the answer has been read to its end, or closed. A 429 with a Retry-After, read as
// GHGARateLimit reads it, leaves a hint on its connection alone. After ForgetAfter requests the hint is forgotten, so that the rate
// can recover. A 429 without one is marked for the retry layer above.
//
// What the sketch leaves open: a hint is waited for in full before each of the requests that it holds for, counted from when the
// request has its connection. The wire's own pool is not divided; since at most n requests are in flight, it holds n
// connections.
//
// Source: ghga-de/epic-docs, 81-laotian-rock-rat.
func GHGAEpic(cfg GHGAEpicConfig, opts ...Option) Layer {
	cfg.Connections = max(cfg.Connections, 1)
	cfg.ForgetAfter = max(cfg.ForgetAfter, 1)
	return func(next http.RoundTripper) http.RoundTripper {
		l := &ghgaEpic{next: next, cfg: cfg, options: newOptions(opts)}
		l.free = make([]*lane, cfg.Connections)
		for i := range l.free {
			l.free[i] = &lane{}
		}
		return l
	}
}

type ghgaEpic struct {
	next http.RoundTripper
	cfg  GHGAEpicConfig
	*options

	mu      sync.Mutex
	free    []*lane
	waiting []chan *lane
}

// lane is a connection's state, which belongs to whoever has taken it.
type lane struct {
	hint time.Duration
	left int // requests that it still holds for
}

// RoundTrip implements http.RoundTripper.
func (l *ghgaEpic) RoundTrip(req *http.Request) (*http.Response, error) {
	on, err := l.take(req)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	held := false
	defer func() {
		if !held {
			l.give(on)
		}
	}()
	resp, err := l.send(req, on)
	if err == nil {
		held = holdUntilRead(resp, func() { l.give(on) })
	}
	return resp, err
}

// send waits for what the connection has been told, and sends the request.
func (l *ghgaEpic) send(req *http.Request, on *lane) (*http.Response, error) {
	wait := time.Duration(l.seeds.float64() * float64(l.cfg.Jitter))
	if on.left > 0 {
		on.left--
		wait = max(wait, on.hint)
	}
	if err := sleep(req.Context(), wait, nil); err != nil {
		closeBody(req)
		return nil, fmt.Errorf("transport: the context ended while %s waited for the rate limit: %w", Target(req), err)
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusTooManyRequests {
		return resp, err
	}
	if err := on.note(resp); err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("transport: %s: %w", Target(req), err)
	}
	if on.hint > 0 {
		on.left = l.cfg.ForgetAfter
	}
	return resp, nil
}

// note takes the hint of a 429.
func (on *lane) note(resp *http.Response) error {
	on.hint = 0
	if values := resp.Header["Retry-After"]; len(values) > 0 {
		seconds, err := pythonFloat(strings.Join(values, ", "))
		if err != nil {
			return err
		}
		on.hint = max(secondsToDuration(seconds), 0)
	}
	if on.hint == 0 {
		markShouldWait(resp)
	}
	return nil
}

// take waits for a connection.
func (l *ghgaEpic) take(req *http.Request) (*lane, error) {
	l.mu.Lock()
	if len(l.free) > 0 {
		on := l.free[0]
		l.free = l.free[1:]
		l.mu.Unlock()
		return on, nil
	}
	turn := make(chan *lane, 1)
	l.waiting = append(l.waiting, turn)
	l.mu.Unlock()
	ctx := req.Context()
	select {
	case on := <-turn:
		return on, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	for i, w := range l.waiting {
		if w == turn {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			break
		}
	}
	l.mu.Unlock()
	select {
	case on := <-turn: // it came in the same moment
		l.give(on)
	default:
	}
	return nil, fmt.Errorf("transport: the context ended while %s waited for a connection: %w", Target(req), ctx.Err())
}

// give hands a connection to whoever has waited for the longest.
func (l *ghgaEpic) give(on *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) > 0 {
		l.waiting[0] <- on
		l.waiting = l.waiting[1:]
		return
	}
	l.free = append(l.free, on)
}

package transport

import (
	"context"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// Hedging says when a request that takes long is sent once more, while the first goes on. The zero value has the defaults.
type Hedging struct {
	// After is how long to wait for an answer before the next copy is sent. 0: as long as Quantile of the last hundred answers
	// took, and until there have been twenty, nothing is hedged.
	After    time.Duration
	Quantile float64 // 0: 0.95
	// Copies is how many more there may be of a request; 0: 1.
	Copies int
	// Share is how many copies there may be for each request over time, whatever After says: in an overload everything takes
	// long, and copies make it worse. 0: 0.1.
	Share float64
}

// Hedged sends a request that takes long once more, takes the first answer that is no error, and cancels the others; if all
// fail, the caller gets the failure that tells most: an answer rather than an error, one with the longest hint. Only idempotent requests are hedged whose body can be read anew: every copy has a reader of
// its own from GetBody. It goes under Retry, and over gates, so that each copy passes those.
//
// Once a copy has been throttled no other is begun. RoundTrip returns when every copy has ended, so the wire has to heed contexts, as
// http.Transport does.
//
// Source: Dean and Barroso, "The Tail at Scale" (CACM 2013): a copy after the 95th percentile costs about 5 % of load.
func Hedged(h Hedging, opts ...Option) Layer {
	if h.Quantile <= 0 || h.Quantile >= 1 {
		h.Quantile = 0.95
	}
	if h.Copies <= 0 {
		h.Copies = 1
	}
	if h.Share <= 0 {
		h.Share = 0.1
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return &hedgeLayer{below: over(next), Hedging: h, options: newOptions(opts), credit: hedgeCredit}
	}
}

// What hedging remembers of answers, how many it wants before it goes by them, and how many copies may come in a row.
const (
	hedgeMemory = 100
	hedgeLeast  = 20
	hedgeCredit = 10
)

type hedgeLayer struct {
	below
	Hedging
	*options

	mu     sync.Mutex
	took   []time.Duration // of the last answers, in a ring
	next   int
	wait   time.Duration // the quantile of took; computed anew when the ring is a tenth further
	credit float64       // copies that may be sent
}

// RoundTrip implements http.RoundTripper.
func (l *hedgeLayer) RoundTrip(req *http.Request) (*http.Response, error) {
	return l.attempt(req, l.newState(req))
}

func (l *hedgeLayer) attempt(req *http.Request, s *state) (*http.Response, error) {
	s.now = time.Time{}
	start := time.Now()
	after, ok := l.delay()
	if !ok || !s.Idempotent || !CanReplay(req) {
		resp, err := l.below.attempt(req, s)
		l.learn(s.outcome, s.received.Sub(start))
		return resp, err
	}
	r := race{layer: l, req: req, ended: make(chan *entrant)}
	winner := r.run(s, after)
	r.stop(winner)
	if winner.panicked != nil {
		winner.cancel()
		panic(winner.panicked)
	}
	l.learn(winner.state.outcome, winner.state.received.Sub(start))
	s.outcome, s.received, s.refused = winner.state.outcome, winner.state.received, winner.state.refused
	if winner.err != nil {
		winner.cancel()
		return nil, winner.err
	}
	winner.resp.Body = lastUntilClosed(winner.resp.Body, winner.cancel)
	return winner.resp, nil
}

// race is one request and its copies.
type race struct {
	layer    *hedgeLayer
	req      *http.Request
	entrants []*entrant
	running  int
	ended    chan *entrant
}

// entrant is one of them.
type entrant struct {
	state    state
	cancel   context.CancelFunc
	resp     *http.Response
	err      error
	panicked any
}

// run returns the first that succeeds, or the failure that tells most.
func (r *race) run(s *state, after time.Duration) *entrant {
	r.start(s)
	timer := time.NewTimer(after)
	defer timer.Stop()
	due := timer.C
	var failed *entrant
	for {
		select {
		case <-due:
			if due = nil; r.layer.spend() {
				r.start(s)
				if len(r.entrants) <= r.layer.Copies {
					timer.Reset(after)
					due = timer.C
				}
			}
		case e := <-r.ended:
			r.running--
			if e.panicked != nil || e.state.outcome.Succeeded() {
				if failed != nil {
					failed.drop()
				}
				return e
			}
			if e.state.outcome.Throttled() {
				due = nil
			}
			if failed == nil || e.tellsMoreThan(failed) {
				failed, e = e, failed
			}
			if e != nil {
				e.drop()
			}
			if r.running == 0 {
				return failed
			}
		}
	}
}

// tellsMoreThan says which of two failures the caller gets: an answer rather than an error, one that asks not to come back, or
// else to come back later.
func (e *entrant) tellsMoreThan(other *entrant) bool {
	a, b := e.state.outcome, other.state.outcome
	switch {
	case (a.Err == nil) != (b.Err == nil):
		return a.Err == nil
	case a.Hint.Stop != b.Hint.Stop:
		return a.Hint.Stop
	}
	return a.Hint.After >= b.Hint.After
}

// drop gives an answer up that nobody gets.
func (e *entrant) drop() {
	e.cancel()
	if e.resp != nil && e.resp.Body != nil {
		e.resp.Body.Close()
	}
}

// start sends the request, or one more copy of it.
func (r *race) start(s *state) {
	e := &entrant{state: state{Call: s.Call}}
	e.state.seed(&seeder{rnd: s.Rand}) // in this goroutine, which is the one that may draw from it
	var ctx context.Context
	ctx, e.cancel = context.WithCancel(r.req.Context())
	n := len(r.entrants) + 1
	r.entrants = append(r.entrants, e)
	r.running++
	req := r.req.WithContext(ctx)
	go func() {
		defer func() {
			e.panicked = recover() // it is the caller's, who may be able to handle it
			r.ended <- e
		}()
		if n > 1 {
			req, e.err = Replay(req, n)
		}
		if e.err != nil {
			e.state.fail(e.err) //nolint:errcheck // it is e.err
		} else {
			e.resp, e.err = r.layer.below.attempt(req, &e.state)
		}
	}()
}

// stop cancels everybody but the winner and waits for them.
func (r *race) stop(winner *entrant) {
	for _, e := range r.entrants {
		if e != winner {
			e.cancel()
		}
	}
	for ; r.running > 0; r.running-- {
		(<-r.ended).drop()
	}
}

// delay returns how long to wait for an answer; not ok: nobody knows yet.
func (l *hedgeLayer) delay() (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.credit = min(l.credit+l.Share, hedgeCredit)
	if l.After > 0 {
		return l.After, true
	}
	return l.wait, l.wait > 0
}

func (l *hedgeLayer) spend() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.credit < 1 {
		return false
	}
	l.credit--
	return true
}

// learn keeps how long an answer took, with the waits at gates below: a copy would wait there as well.
func (l *hedgeLayer) learn(o strategies.Outcome, took time.Duration) {
	if l.After > 0 || !o.Succeeded() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.took) < hedgeMemory {
		l.took = append(l.took, took)
	} else {
		l.took[l.next%hedgeMemory] = took
	}
	l.next++
	if len(l.took) >= hedgeLeast && (l.wait == 0 || l.next%(hedgeMemory/10) == 0) {
		sorted := slices.Sorted(slices.Values(l.took))
		l.wait = max(sorted[int(math.Ceil(l.Quantile*float64(len(sorted))))-1], 1)
	}
}

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
// fail, the caller gets the last failure. Only idempotent requests are hedged whose body can be read anew: every copy has a reader of
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
	after, ok := l.delay()
	if !ok || !s.Idempotent || !canReplay(req) {
		resp, err := l.below.attempt(req, s)
		l.learn(s.outcome)
		return resp, err
	}
	r := race{layer: l, req: req, ended: make(chan *entrant)}
	r.start(s)
	timer := time.NewTimer(after)
	defer timer.Stop()
	due := timer.C
	for {
		select {
		case <-due:
			if due = nil; l.spend() {
				r.start(s)
				if len(r.entrants) <= l.Copies {
					timer.Reset(after)
					due = timer.C
				}
			}
		case e := <-r.ended:
			l.learn(e.state.outcome)
			r.running--
			if e.state.outcome.Throttled() {
				due = nil
			}
			if !e.state.outcome.Succeeded() && r.running > 0 {
				Discard(e.resp)
				e.cancel()
				continue
			}
			r.stop(e)
			s.outcome, s.received, s.refused = e.state.outcome, e.state.received, e.state.refused
			if e.err != nil {
				e.cancel()
				return nil, e.err
			}
			e.resp.Body = &lasting{e.resp.Body, e.cancel}
			return e.resp, nil
		}
	}
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
	state  state
	cancel context.CancelFunc
	resp   *http.Response
	err    error
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
		if n > 1 {
			req, e.err = replay(req, n)
		}
		if e.err != nil {
			e.state.fail(e.err) //nolint:errcheck // it is e.err
		} else {
			e.resp, e.err = r.layer.below.attempt(req, &e.state)
		}
		r.ended <- e
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
		if e := <-r.ended; e.resp != nil {
			e.resp.Body.Close()
		}
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

// learn keeps how long an answer took.
func (l *hedgeLayer) learn(o strategies.Outcome) {
	if l.After > 0 || !o.Succeeded() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.took) < hedgeMemory {
		l.took = append(l.took, o.Took)
	} else {
		l.took[l.next%hedgeMemory] = o.Took
	}
	l.next++
	if len(l.took) >= hedgeLeast && (l.wait == 0 || l.next%(hedgeMemory/10) == 0) {
		sorted := slices.Sorted(slices.Values(l.took))
		l.wait = max(sorted[int(math.Ceil(l.Quantile*float64(len(sorted))))-1], 1)
	}
}

package transport

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// state is one call on its way through the layers. The outermost of this package's layers makes it and hands it down, as long
// as the layer below is this package's as well; so strategies of several layers see one call, for one allocation.
type state struct {
	strategies.Call
	pcg rand.PCG
	rnd rand.Rand

	// When somebody has just looked at the clock, so that the next need not; zero: nobody has.
	now time.Time

	// What the layer below leaves behind: how its attempt ended, and when. refused says that nothing was sent, since a gate
	// did not let it through.
	outcome  strategies.Outcome
	received time.Time
	refused  bool
}

// attempter is a layer of this package. attempt is RoundTrip with the call's state, and fills in what it leaves behind.
type attempter interface {
	http.RoundTripper
	attempt(req *http.Request, s *state) (*http.Response, error)
}

// below is what a layer sends to: another layer of this package, or any other RoundTripper.
type below struct {
	next http.RoundTripper
	ours attempter // nil: next is somebody else's
}

func over(next http.RoundTripper) below {
	ours, _ := next.(attempter)
	return below{next, ours}
}

// attempt sends a request on. The time is measured here where next does not do it itself.
func (b below) attempt(req *http.Request, s *state) (*http.Response, error) {
	if b.ours != nil {
		return b.ours.attempt(req, s)
	}
	start := s.clock()
	resp, err := b.next.RoundTrip(req)
	s.received = time.Now()
	s.outcome = observe(resp, err, s.received, s.received.Sub(start))
	return resp, err
}

// clock is what the time was a moment ago, for the one who does next what takes time.
func (s *state) clock() time.Time {
	now := s.now
	if now.IsZero() {
		return time.Now()
	}
	s.now = time.Time{}
	return now
}

// fail leaves an error behind, and returns it.
func (s *state) fail(err error) error {
	s.received = time.Now()
	s.outcome = strategies.Outcome{Err: err, BytesSent: -1}
	return err
}

// newState describes a request to strategies.
func (o *options) newState(req *http.Request) *state {
	s := new(state)
	c := &s.Call
	c.Method = req.Method
	c.Idempotent = idempotent(req)
	c.Bytes = req.ContentLength
	if c.Bytes == 0 && hasBody(req) {
		c.Bytes = -1 // net/http's way to say that nobody knows
	}
	if o.key != nil {
		c.Key = o.key(req)
	} else if req.URL != nil {
		c.Key = req.URL.Host
	}
	c.Deadline, _ = req.Context().Deadline()
	s.seed(o.seeds)
	return s
}

func (s *state) seed(from *seeder) {
	s.pcg.Seed(from.seeds())
	s.rnd = *rand.New(&s.pcg)
	s.Rand = &s.rnd
}

// idempotent goes by RFC 9110 §9.2.2, and by the header with which net/http lets callers vouch for other requests.
func idempotent(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace:
		return true
	}
	if _, ok := req.Header["Idempotency-Key"]; ok {
		return true
	}
	_, ok := req.Header["X-Idempotency-Key"]
	return ok
}

// seeder derives random sources from one that is not safe for concurrent use. Its zero value seeds from the runtime.
type seeder struct {
	mu  sync.Mutex
	rnd *rand.Rand
}

func (s *seeder) seeds() (uint64, uint64) {
	if s.rnd == nil {
		return rand.Uint64(), rand.Uint64()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rnd.Uint64(), s.rnd.Uint64()
}

// float64 draws from [0, 1).
func (s *seeder) float64() float64 {
	if s.rnd == nil {
		return rand.Float64()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rnd.Float64()
}

package transport

import (
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/ratebench/ratebench/strategies"
)

// fillCall describes a request to a strategy.
func fillCall(c *strategies.Call, req *http.Request) {
	c.Method = req.Method
	c.Idempotent = idempotent(req)
	c.Bytes = req.ContentLength
	if c.Bytes == 0 && hasBody(req) {
		c.Bytes = -1 // net/http's way to say that nobody knows
	}
	if req.URL != nil {
		c.Key = req.URL.Host
	}
	c.Deadline, _ = req.Context().Deadline()
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

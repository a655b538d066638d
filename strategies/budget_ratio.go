package strategies

import (
	"sync"
	"time"
)

// RatioBudget lets retries be at most a share of all requests of a client over a window, retries included.
//
// Source: Site Reliability Engineering, "Handling Overload": a per-client retry budget of 10 %. The book gives no window and says
// nothing of the beginning: here it is two minutes, and Free retries are granted whatever the share, or a client that begins in
// trouble would never retry. The zero value has these defaults.
type RatioBudget struct {
	Ratio  float64       // 0: 0.1
	Window time.Duration // 0: 2 min
	Free   int           // in each window; 0: 1; negative: none

	mu                sync.Mutex
	requests, retries window
	ready             bool
}

func (b *RatioBudget) begin() {
	if b.ready {
		return
	}
	b.ready = true
	length := b.Window
	if length <= 0 {
		length = 2 * time.Minute
	}
	b.requests.init(length)
	b.retries.init(length)
}

// Begin implements Budget.
func (b *RatioBudget) Begin(now time.Time, _ *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin()
	b.requests.add(now, 1)
}

// Retry implements Budget.
func (b *RatioBudget) Retry(now time.Time, _ *Call, _ Outcome) bool {
	ratio, free := b.Ratio, b.Free
	if ratio <= 0 {
		ratio = 0.1
	}
	if free == 0 {
		free = 1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin()
	retries, requests := b.retries.total(now)+1, b.requests.total(now)+1 // as if this one were made
	if retries > int64(free) && float64(retries) > ratio*float64(requests) {
		return false
	}
	b.retries.add(now, 1)
	b.requests.add(now, 1)
	return true
}

// End implements Budget.
func (*RatioBudget) End(time.Time, *Call, Outcome) {}

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
	Free   int           // in each window; 0: 10; negative: none

	mu     sync.Mutex
	counts rolling // all: requests; bad: retries among them
}

func (b *RatioBudget) length() time.Duration { return orDefault(b.Window, 2*time.Minute) }

// Begin implements Budget.
func (b *RatioBudget) Begin(now time.Time, _ *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts.at(now, b.length()).all++
}

// Retry implements Budget.
func (b *RatioBudget) Retry(now time.Time, _ *Call, _ Outcome) bool {
	ratio, free := orDefault(b.Ratio, 0.1), b.Free
	if free == 0 {
		free = 10
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.counts.total(now, b.length())
	retries, requests := t.bad+1, t.all+1 // as if this one were made
	if retries > int64(free) && float64(retries) > ratio*float64(requests) {
		return false
	}
	step := b.counts.at(now, b.length())
	step.bad++
	step.all++
	return true
}

// End implements Budget.
func (*RatioBudget) End(time.Time, *Call, Outcome) {}

package strategies

import (
	"sync"
	"time"
)

// ByteBudget charges retries by what they send: each call that succeeds deposits Ratio times its bytes, each retry takes as
// many as its body has. A budget that counts requests grants a retry of 64 MiB for the success of 1 KiB; this one does not, so what
// is wasted stays a share of what gets through. It is this project's own.
//
// A body counts as MinBytes at least, so that small requests are not free; one of unknown size counts as that. The zero value
// has the defaults.
type ByteBudget struct {
	Ratio    float64 // 0: 0.2
	Reserve  int64   // bytes that are there at the beginning, and at most; 0: 256 MiB
	MinBytes int64   // 0: 4 KiB

	mu    sync.Mutex
	spent int64
}

func (b *ByteBudget) size(c *Call) int64 {
	return max(c.Bytes, orDefault(b.MinBytes, 4<<10))
}

// Begin implements Budget.
func (*ByteBudget) Begin(time.Time, *Call) {}

// Retry implements Budget.
func (b *ByteBudget) Retry(_ time.Time, c *Call, _ Outcome) bool {
	reserve, cost := orDefault(b.Reserve, 256<<20), b.size(c)
	b.mu.Lock()
	defer b.mu.Unlock()
	if cost > reserve-b.spent {
		return false
	}
	b.spent += cost
	return true
}

// End implements Budget.
func (b *ByteBudget) End(_ time.Time, c *Call, o Outcome) {
	if !o.Succeeded() {
		return
	}
	back := int64(orDefault(b.Ratio, 0.2) * float64(b.size(c)))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(b.spent-back, 0)
}

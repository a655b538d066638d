package strategies

import (
	"sync"
	"time"
)

// FinagleBudget lets retries be a share of calls over a window, on top of some that are free: every call deposits, every
// retry withdraws 1/Percent deposits, and what is older than the window has leaked away.
//
// Source: twitter/finagle, RetryBudget.scala and LeakyTokenBucket; tower's TpsBudget is the same. Deposits count whole units
// of 1000, as there. The zero value has Finagle's defaults.
type FinagleBudget struct {
	Window  time.Duration // 0: 10 s
	Percent float64       // retries per call; 0: 0.2
	// MinPerSecond are free: with the defaults 100 retries in each window. 0: 10; negative: none.
	MinPerSecond float64

	mu      sync.Mutex
	length  time.Duration
	balance rolling // all: deposits less what was withdrawn
	cost    int64
	reserve int64
}

const finagleDeposit = 1000

func (b *FinagleBudget) begin() {
	if b.cost != 0 {
		return
	}
	length, percent, free := orDefault(b.Window, 10*time.Second), orDefault(b.Percent, 0.2), b.MinPerSecond
	if free == 0 {
		free = 10
	}
	b.length = length
	b.cost = max(int64(finagleDeposit/percent), 1)
	b.reserve = int64(max(free, 0) * length.Seconds() * float64(b.cost))
}

// Begin implements Budget.
func (b *FinagleBudget) Begin(now time.Time, _ *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin()
	b.balance.at(now, b.length).all += finagleDeposit
}

// Retry implements Budget.
func (b *FinagleBudget) Retry(now time.Time, _ *Call, _ Outcome) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin()
	if b.balance.total(now, b.length).all+b.reserve < b.cost {
		return false
	}
	b.balance.at(now, b.length).all -= b.cost
	return true
}

// End implements Budget.
func (*FinagleBudget) End(time.Time, *Call, Outcome) {}

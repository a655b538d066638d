package strategies

import (
	"sync"
	"time"
)

// TokenBudget is Marc Brooker's token bucket for retries: each call that succeeds puts Deposit in, each retry takes one
// out. With few failures it grants every retry; when all fail, it grants Deposit retries for each call that still succeeds.
//
// Source: brooker.co.za/blog/2022/02/28/retries.html. The zero value has his numbers: 0.1 for a success, and holds 10 tokens, with
// which it begins; the text leaves the size open.
type TokenBudget struct {
	Deposit  float64 // 0: 0.1. Only three decimals count
	Capacity float64 // tokens; 0: 10

	mu    sync.Mutex
	spent int64 // thousandths
}

// Begin implements Budget.
func (*TokenBudget) Begin(time.Time, *Call) {}

// Retry implements Budget.
func (b *TokenBudget) Retry(time.Time, *Call, Outcome) bool {
	capacity := int64(orDefault(b.Capacity, 10) * 1000)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent+1000 > capacity {
		return false
	}
	b.spent += 1000
	return true
}

// End implements Budget.
func (b *TokenBudget) End(_ time.Time, _ *Call, o Outcome) {
	if !o.Succeeded() {
		return
	}
	deposit := int64(orDefault(b.Deposit, 0.1)*1000 + 0.5)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(b.spent-deposit, 0)
}

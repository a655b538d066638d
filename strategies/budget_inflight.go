package strategies

import (
	"sync"
	"time"
)

// InFlightBudget lets the retries in flight be a share of the calls in flight: at most max(Min, Percent·calls). A retry counts
// from the moment that it is granted, so its wait counts as well.
//
// Source: Envoy's retry_budget (circuit_breaker.proto); failsafe-go's budget is alike. Envoy itself counts retries that wait
// in backoff not everywhere, and overshoots (envoyproxy/envoy#30205); this one does not. The zero value has Envoy's defaults.
type InFlightBudget struct {
	Percent float64 // 0: 0.2
	Min     int     // retries in flight that are always granted; 0: 3; negative: none

	mu             sync.Mutex
	calls, retries int64
}

// Begin implements Budget.
func (b *InFlightBudget) Begin(time.Time, *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
}

// Retry implements Budget.
func (b *InFlightBudget) Retry(_ time.Time, c *Call, _ Outcome) bool {
	percent, least := orDefault(b.Percent, 0.2), b.Min
	if least == 0 {
		least = 3
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.retries -= c.Charge // the retry that just failed
	c.Charge = 0
	if b.retries >= max(int64(least), int64(percent*float64(b.calls))) {
		return false
	}
	b.retries++
	c.Charge = 1
	return true
}

// End implements Budget.
func (b *InFlightBudget) End(_ time.Time, c *Call, _ Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls--
	b.retries -= c.Charge
	c.Charge = 0
}

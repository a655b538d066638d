package strategies

import (
	"sync"
	"time"
)

// GRPCThrottling is gRPC's retry throttling: a count of tokens begins at Max, each failure takes one, each success gives Ratio
// back, and retries are granted while more than half of them is left.
//
// Source: grpc/proposal A6, "Throttling Retry Attempts and Hedged RPCs". There it is kept for each server name; here one value is
// one count. The zero value has 10 tokens and a ratio of 0.1, as the proposal's example does.
type GRPCThrottling struct {
	Max   float64 // tokens; 0: 10; at most 1000 in gRPC
	Ratio float64 // tokens for a success; 0: 0.1. Only three decimals count

	mu    sync.Mutex
	spent int64 // thousandths of a token below Max
}

func (b *GRPCThrottling) max() int64   { return int64(orDefault(b.Max, 10) * 1000) }
func (b *GRPCThrottling) ratio() int64 { return int64(orDefault(b.Ratio, 0.1)*1000 + 0.5) }

// Begin implements Budget.
func (*GRPCThrottling) Begin(time.Time, *Call) {}

// Retry implements Budget. It is asked after a failure, so it takes a token whatever it answers.
func (b *GRPCThrottling) Retry(_ time.Time, c *Call, _ Outcome) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail()
	if b.spent*2 >= b.max() {
		c.Charge = 1 // this failure is counted, and End must not count it again
		return false
	}
	c.Charge = 0
	return true
}

// End implements Budget.
func (b *GRPCThrottling) End(_ time.Time, c *Call, o Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case o.Succeeded():
		b.spent = max(b.spent-b.ratio(), 0)
	case c.Charge == 0 && Transient().passing(o):
		b.fail()
	}
	c.Charge = 0
}

func (b *GRPCThrottling) fail() { b.spent = min(b.spent+1000, b.max()) }

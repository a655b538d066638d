package strategies

import (
	"sync"
	"time"
)

// AWSQuota is the retry quota of the AWS SDKs' standard mode: a bucket from which each retry takes, and which only successes
// fill again. A retry that works gives back what it cost.
//
// Source: aws-sdk-go-v2 v1.47.6, aws/retry and aws/ratelimit. The zero value is the legacy quota: 500 tokens, 5 for a retry and 10
// for one after a timeout, 1 back for every call that succeeds. New2026 is that of AWS_NEW_RETRIES_2026=true: 14 for a retry and 5 for
// one after throttling, 1 back for calls that succeed at once.
type AWSQuota struct {
	New2026  bool
	Capacity int64 // tokens; 0: 500

	mu    sync.Mutex
	spent int64
}

// Begin implements Budget.
func (*AWSQuota) Begin(time.Time, *Call) {}

// Retry implements Budget.
func (b *AWSQuota) Retry(_ time.Time, c *Call, o Outcome) bool {
	cost := b.cost(o)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent+cost > orDefault(b.Capacity, 500) {
		c.Charge = 0 // the retry before this one has failed, so nothing comes back for it
		return false
	}
	b.spent += cost
	c.Charge = cost
	return true
}

func (b *AWSQuota) cost(o Outcome) int64 {
	switch {
	case b.New2026 && o.Throttled():
		return 5
	case b.New2026:
		return 14
	case KindOf(o.Err) == Timeout:
		return 10
	}
	return 5
}

// End implements Budget.
func (b *AWSQuota) End(_ time.Time, c *Call, o Outcome) {
	if o.Succeeded() {
		back := c.Charge
		if c.Charge == 0 || !b.New2026 {
			back++
		}
		b.mu.Lock()
		b.spent = max(b.spent-back, 0)
		b.mu.Unlock()
	}
	c.Charge = 0
}

package limits

import "time"

// TokenBucket holds up to Burst units and gains Rate of them per second. It begins full.
type TokenBucket struct {
	Rate, Burst float64

	tokens float64
	last   time.Time
}

// refill brings the bucket up to now.
func (b *TokenBucket) refill(now time.Time) {
	if b.last.IsZero() {
		b.tokens = b.Burst
	} else if gone := now.Sub(b.last).Seconds(); gone > 0 {
		b.tokens = min(b.Burst, b.tokens+gone*b.Rate)
	}
	b.last = now
}

// Take implements Model. A request for more than Burst has to wait for a full bucket, and leaves a debt.
func (b *TokenBucket) Take(now time.Time, n float64) (time.Duration, bool) {
	b.refill(now)
	// What a rounding error leaves missing is not worth a refusal.
	if need := min(n, b.Burst); b.tokens < need-1e-9 {
		return until(need-b.tokens, b.Rate), false
	}
	b.tokens -= n
	return 0, true
}

// Reserve implements Reserver.
func (b *TokenBucket) Reserve(now time.Time, n float64) time.Duration {
	b.refill(now)
	need := min(n, b.Burst) - b.tokens
	b.tokens -= n
	if need <= 0 {
		return 0
	}
	return until(need, b.Rate)
}

// Left implements Meter.
func (b *TokenBucket) Left(now time.Time) (limit, left float64, reset time.Duration) {
	b.refill(now)
	if b.tokens < b.Burst {
		reset = until(b.Burst-b.tokens, b.Rate)
	}
	return b.Burst, max(0, b.tokens), reset
}

// Allows implements Model.
func (b *TokenBucket) Allows(t time.Duration) float64 { return b.Burst + b.Rate*t.Seconds() }

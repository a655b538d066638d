package limits

import "time"

// Brownout is a token bucket that loses capacity when it is overloaded, as servers do that spend their time on refusing:
// after a second in which more than Trip of all requests were refused, its rate falls to Factor of Rate; it comes back
// after a second in which no more than Recover of what is left was asked for. A load that it could have carried before
// may keep it down.
type Brownout struct {
	Rate, Burst           float64
	Factor, Trip, Recover float64

	bucket         TokenBucket
	begun          time.Time // of the second that is counted
	asked, refused float64
	down           bool
}

// Take implements Model.
func (b *Brownout) Take(now time.Time, n float64) (time.Duration, bool) {
	if b.begun.IsZero() {
		b.begun = now
		b.bucket = TokenBucket{Rate: b.Rate, Burst: b.Burst}
	}
	if gone := now.Sub(b.begun); gone >= time.Second {
		perSecond := b.asked / gone.Seconds()
		switch {
		case b.down && perSecond <= b.Recover*b.Factor*b.Rate:
			b.set(now, false)
		case !b.down && b.refused > b.Trip*b.asked:
			b.set(now, true)
		}
		b.begun, b.asked, b.refused = now, 0, 0
	}
	wait, ok := b.bucket.Take(now, n)
	b.asked += n
	if !ok {
		b.refused += n
	}
	return wait, ok
}

func (b *Brownout) set(now time.Time, down bool) {
	b.bucket.refill(now) // at the old rate
	b.down = down
	b.bucket.Rate = b.Rate
	if down {
		b.bucket.Rate *= b.Factor
	}
}

// Allows implements Model.
func (b *Brownout) Allows(t time.Duration) float64 { return b.Burst + b.Rate*t.Seconds() }

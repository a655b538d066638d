package limits

import (
	"math"
	"time"
)

// Neighbour is a token bucket that others use too: they take up to Share of its rate, in waves that are Period long and
// begin with nothing.
type Neighbour struct {
	Rate, Burst, Share float64
	Period             time.Duration

	bucket TokenBucket
	start  time.Time
}

// Take implements Model.
func (n *Neighbour) Take(now time.Time, units float64) (time.Duration, bool) {
	if n.start.IsZero() {
		n.start = now
		n.bucket = TokenBucket{Rate: n.Rate, Burst: n.Burst}
	}
	n.bucket.refill(now) // at the rate of the last time; requests come often compared with the waves
	wave := 0.5 - 0.5*math.Cos(2*math.Pi*now.Sub(n.start).Seconds()/n.Period.Seconds())
	n.bucket.Rate = n.Rate * (1 - n.Share*wave)
	return n.bucket.Take(now, units)
}

// Allows implements Model.
func (n *Neighbour) Allows(t time.Duration) float64 { return n.Burst + n.Rate*t.Seconds() }

package limits

import (
	"math"
	"time"
)

// LeakyBucket lets units through one by one, Rate of them per second, and lets up to Queue of them wait for that.
type LeakyBucket struct {
	Rate, Queue float64

	next time.Time // when the next unit may go
}

// Take implements Model: what is taken has to wait for its turn.
func (l *LeakyBucket) Take(now time.Time, n float64) (time.Duration, bool) {
	at := later(l.next, now)
	wait := at.Sub(now)
	if over := wait.Seconds()*l.Rate - l.Queue; over > 1e-9 {
		return until(over, l.Rate), false
	}
	l.next = at.Add(time.Duration(n / l.Rate * float64(time.Second)))
	return wait, true
}

// Allows implements Model, of units that are through.
func (l *LeakyBucket) Allows(t time.Duration) float64 { return 1 + math.Floor(l.Rate*t.Seconds()+1e-9) }

package limits

import (
	"math"
	"time"
)

// Growth is a limit that follows the load, as S3's does for a prefix: it begins at First units per second, gains Step for
// each second in which at least four fifths of it were used, up to Ceiling, and loses as much for each second in which
// less than half was. A load that rises faster is refused meanwhile. (Amazon says that S3 adapts gradually, and gives no
// formula; this one is ours.)
type Growth struct {
	First, Step, Ceiling float64

	start   time.Time
	second  int64
	rate    float64
	used    float64
	touched bool
}

// turn brings it up to the second that now is in.
func (g *Growth) turn(now time.Time) {
	if !g.touched {
		g.touched, g.start, g.rate = true, now, g.First
	}
	second := int64(now.Sub(g.start) / time.Second)
	for ; g.second < second; g.second++ {
		switch {
		case g.used >= 0.8*g.rate:
			g.rate = min(g.Ceiling, g.rate+g.Step)
		case g.used < 0.5*g.rate:
			if g.rate = max(g.First, g.rate-g.Step); g.rate == g.First {
				g.second = second - 1 // nothing changes in the seconds between
			}
		}
		g.used = 0
	}
}

// Take implements Model.
func (g *Growth) Take(now time.Time, n float64) (time.Duration, bool) {
	g.turn(now)
	if g.used+min(n, g.rate) > g.rate {
		return g.start.Add(time.Duration(g.second+1) * time.Second).Sub(now), false
	}
	g.used += n
	return 0, true
}

// Left implements Meter.
func (g *Growth) Left(now time.Time) (limit, left float64, reset time.Duration) {
	g.turn(now)
	return g.rate, max(0, g.rate-g.used), g.start.Add(time.Duration(g.second+1) * time.Second).Sub(now)
}

// Allows implements Model, from its beginning.
func (g *Growth) Allows(t time.Duration) float64 {
	seconds := math.Floor(t.Seconds()) + 1
	growing := seconds
	if g.Step > 0 {
		growing = min(seconds, math.Ceil((g.Ceiling-g.First)/g.Step))
	} else {
		return seconds * g.First
	}
	return growing*g.First + g.Step*growing*(growing-1)/2 + (seconds-growing)*g.Ceiling
}

package limits

import (
	"math"
	"time"
)

// FixedWindow takes Limit units in each window of time. Windows begin at Start and every Window after it.
type FixedWindow struct {
	Limit  float64
	Window time.Duration
	Start  time.Time

	window int64
	used   float64
}

// index is the window that a time is in.
func (f *FixedWindow) index(now time.Time) int64 {
	return int64(math.Floor(float64(now.Sub(f.Start)) / float64(f.Window)))
}

// turn begins a new window where it is time.
func (f *FixedWindow) turn(now time.Time) {
	if i := f.index(now); i != f.window {
		f.window, f.used = i, 0
	}
}

// left is the time to the next window.
func (f *FixedWindow) left(now time.Time) time.Duration {
	return f.Start.Add(time.Duration(f.window+1) * f.Window).Sub(now)
}

// Take implements Model.
func (f *FixedWindow) Take(now time.Time, n float64) (time.Duration, bool) {
	f.turn(now)
	if f.used+min(n, f.Limit) > f.Limit {
		return f.left(now), false
	}
	f.used += n
	return 0, true
}

// Left implements Meter.
func (f *FixedWindow) Left(now time.Time) (limit, left float64, reset time.Duration) {
	f.turn(now)
	return f.Limit, max(0, f.Limit-f.used), f.left(now)
}

// Allows implements Model: two full windows may lie around a moment.
func (f *FixedWindow) Allows(t time.Duration) float64 {
	return f.Limit * (math.Ceil(t.Seconds()/f.Window.Seconds()) + 1)
}

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

// SlidingWindow takes Limit units in any stretch of time that is Window long. It remembers when each of them was taken.
type SlidingWindow struct {
	Limit  float64
	Window time.Duration

	taken []taken
	used  float64
}

type taken struct {
	at time.Time
	n  float64
}

// forget drops what is out of the window.
func (s *SlidingWindow) forget(now time.Time) {
	i := 0
	for i < len(s.taken) && now.Sub(s.taken[i].at) >= s.Window {
		s.used -= s.taken[i].n
		i++
	}
	if i > 0 {
		s.taken = append(s.taken[:0], s.taken[i:]...)
	}
}

// Take implements Model.
func (s *SlidingWindow) Take(now time.Time, n float64) (time.Duration, bool) {
	s.forget(now)
	need := s.used + min(n, s.Limit) - s.Limit
	if need <= 0 {
		s.taken = append(s.taken, taken{now, n})
		s.used += n
		return 0, true
	}
	for _, t := range s.taken {
		if need -= t.n; need <= 0 {
			return t.at.Add(s.Window).Sub(now), false
		}
	}
	return s.Window, false
}

// Left implements Meter.
func (s *SlidingWindow) Left(now time.Time) (limit, left float64, reset time.Duration) {
	s.forget(now)
	if n := len(s.taken); n > 0 {
		reset = s.taken[n-1].at.Add(s.Window).Sub(now)
	}
	return s.Limit, max(0, s.Limit-s.used), reset
}

// Allows implements Model.
func (s *SlidingWindow) Allows(t time.Duration) float64 {
	return s.Limit * (math.Floor(t.Seconds()/s.Window.Seconds()) + 1)
}

package limits

import (
	"math"
	"time"
)

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

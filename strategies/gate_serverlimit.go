package strategies

import "time"

// serverLimit is what a client knows of one limit of a server: what the server told, less what the client has sent since.
type serverLimit struct {
	policy, key, unit string

	// Of limits on a number in flight:
	places int

	// Of all others:
	left   float64
	reset  time.Time     // when it is whole again
	quota  float64       // 0: not told
	window time.Duration // 0: not told
	// most and longest stand in for quota and window where the server does not tell them: the most that was ever left, and the
	// longest that a reset was away. guessed: it was made whole with these, and the server has said nothing since.
	most    float64
	longest time.Duration
	guessed bool

	used  float64   // what the last attempt took
	at    time.Time // when; zero: there was none
	next  time.Time // when the next one may go, if it is spread
	heard time.Time // when the attempt was sent whose answer told most lately
}

// concurrent reports whether it bounds the attempts in flight.
func (l *serverLimit) concurrent() bool { return l.unit == UnitConcurrentRequests }

// cost is what an attempt of c takes of it.
func (l *serverLimit) cost(c *Call) float64 {
	if l.unit == UnitContentBytes {
		return float64(max(c.Bytes, 0))
	}
	return 1
}

// renew makes it whole when its time has come. It reports false if nothing is known of it any more.
func (l *serverLimit) renew(now time.Time) bool {
	for !l.concurrent() && !now.Before(l.reset) {
		quota, window := l.quota, l.window
		if quota <= 0 || window <= 0 {
			if l.guessed || l.most <= 0 || l.longest <= 0 {
				return false
			}
			l.guessed = true
			if quota <= 0 {
				quota = l.most
			}
			if window <= 0 {
				window = l.longest
			}
		}
		l.left = min(quota, l.left+quota) // what was used too much is still owed
		l.next = time.Time{}
		if l.left >= quota {
			// Whole windows in which nothing was sent need no loop.
			window *= max(1, now.Sub(l.reset)/window+1)
		}
		l.reset = l.reset.Add(window)
	}
	return true
}

// due is when an attempt of a cost may go, now or earlier if at once.
func (l *serverLimit) due(cost float64, spread time.Duration) time.Time {
	if cost <= 0 {
		return time.Time{}
	}
	need := cost
	if l.quota > 0 {
		need = min(need, l.quota)
	} else if l.guessed {
		need = min(need, l.most)
	}
	if l.left < need {
		return l.reset
	}
	if l.reset.Sub(l.at) > spread {
		return time.Time{}
	}
	return l.next
}

// take charges an attempt.
func (l *serverLimit) take(now time.Time, cost float64) {
	if l.concurrent() || cost <= 0 {
		return
	}
	l.left -= cost
	l.used, l.at = cost, now
	l.pace()
}

// pace spreads what is left evenly over the time until the reset, counted from the last attempt.
func (l *serverLimit) pace() {
	if l.at.IsZero() {
		return
	}
	share := 1.0
	if whole := l.left + l.used; whole > l.used {
		share = l.used / whole
	}
	l.next = l.at.Add(time.Duration(share * float64(max(0, l.reset.Sub(l.at)))))
}

// told takes in what the answer to an attempt says that was sent at some time. flying is what attempts in flight cost, of which the
// server may know or not.
func (l *serverLimit) told(now, sent time.Time, t Limit, hint Hint, flying float64, inFlight int) {
	if l.concurrent() {
		if places := inFlight + int(min(t.Left, 1<<30)); t.HasLeft {
			l.places = places
		}
		if q := int(min(t.Quota, 1<<30)); q > 0 && (!t.HasLeft || l.places > q) {
			l.places = q
		}
		return
	}
	fresh := l.reset.IsZero()
	if sent.Before(l.heard) {
		// An answer that was overtaken: it does not know of all that has ended since.
		if t.HasLeft {
			l.left = min(l.left, float64(t.Left))
			l.pace()
		}
		return
	}
	l.heard = sent
	if t.Quota > 0 {
		l.quota = float64(t.Quota)
	}
	if t.Window > 0 {
		l.window = t.Window
	}
	reset, known := t.Reset, t.Reset >= 0
	if hint.Given && t.HasLeft && t.Left <= 0 {
		reset, known = hint.After, true // Retry-After goes before
	}
	if !known && fresh {
		reset, known = t.Window, t.Window > 0
	}
	if known {
		reset = min(reset, farthestReset)
		l.reset = now.Add(reset)
		l.longest = max(l.longest, reset)
		l.guessed = false
	}
	switch left := float64(t.Left); {
	case t.HasLeft && fresh:
		l.left = left
	case t.HasLeft:
		// The server did not know yet of all that is in flight when it answered, but of no more than all of it.
		l.left = min(max(l.left, left-flying), left)
	case fresh:
		l.left = l.quota
	}
	l.most = max(l.most, l.left)
	l.pace()
}

// farthestReset is the longest that a reset is believed to be away. Longer ones are not worth holding up calls for, and are
// taken for mistakes, such as a moment where a duration is meant.
const farthestReset = 7 * 24 * time.Hour

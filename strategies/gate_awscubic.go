package strategies

import (
	"math"
	"sync"
	"time"
)

// AWSCubic is the rate limiter of the AWS SDKs' adaptive retry mode, with the formulas and constants of aws-sdk-go-v2
// v1.47.6 (aws/retry, adaptive_ratelimit.go). It measures the rate at which attempts end, in steps of half a second,
// smoothed. It lets everything through until the first attempt is throttled (Outcome.Throttled); from then on it is a token
// bucket whose rate falls to 0.7 of the measured one when an attempt is throttled, and grows with the cube of the time that
// passes after that (compare RFC 9438), but never beyond twice the measured rate. It is never below 0.5 per second.
//
// As in the SDK every other ending counts as a success, 5xx and broken connections too, every throttled attempt counts,
// however many of them one burst brings, and one limiter serves all keys.
//
// What differs from the SDK: attempts wait in the order in which they came, where the SDK lets those who wait race for each
// token, all after the same wait; and a wait is 1 ms at least. The SDK's wait rounds down to 0 ns where a hair is missing,
// and asking again in the same instant changes nothing: where time moves only when everybody waits, that is a loop without
// end. Its clock starts with the first attempt and not when it is made.
//
// The zero value is ready.
type AWSCubic struct {
	mu      sync.Mutex
	begun   bool
	enabled bool // from the first throttled attempt on
	line    line // its rate is the fill rate, its burst the capacity

	count        int     // attempts that ended since bucket
	bucket       float64 // seconds: start of the half second that is counted
	measured     float64 // attempts per second
	lastMax      float64 // the rate at the last throttled attempt
	lastThrottle time.Time
}

// The SDK's constants.
const (
	cubicSmooth   = 0.8
	cubicBeta     = 0.7
	cubicScale    = 0.4
	cubicLeast    = 0.5 // attempts per second
	cubicCapacity = 1   // the bucket's least size
)

// Admit implements Gate.
func (g *AWSCubic) Admit(now time.Time, c *Call) Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(now)
	if !g.enabled {
		return Verdict{}
	}
	return g.line.admit(now, c, 1, "AWS rate limiter")
}

// Done implements Gate.
func (g *AWSCubic) Done(now time.Time, _ *Call, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin(now)
	g.measure(now)
	var rate float64
	if o.Throttled() {
		g.lastMax = g.measured
		if g.enabled {
			g.lastMax = min(g.measured, g.line.rate)
		}
		g.lastThrottle = now
		g.enabled = true
		rate = cubicBeta * g.lastMax
	} else {
		window := math.Pow(g.lastMax*(1-cubicBeta)/cubicScale, 1./3)
		rate = cubicScale*math.Pow(now.Sub(g.lastThrottle).Seconds()-window, 3) + g.lastMax
	}
	rate = min(rate, 2*g.measured)
	g.line.set(now, max(rate, cubicLeast), max(rate, cubicCapacity))
}

// Leave implements Leaver.
func (g *AWSCubic) Leave(now time.Time, c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line.leave(now, c)
}

// Rate returns how many attempts per second it lets through at the moment; 0: there is no limit yet.
func (g *AWSCubic) Rate() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.enabled {
		return 0
	}
	return g.line.rate
}

func (g *AWSCubic) begin(now time.Time) {
	if g.begun {
		return
	}
	g.begun = true
	g.bucket = math.Floor(seconds(now))
	g.lastThrottle = now
	// The bucket fills from the end of the first attempt on, throttled or not.
	g.line = line{rate: cubicLeast, burst: cubicCapacity, least: time.Millisecond}
}

// measure counts an attempt that ended.
func (g *AWSCubic) measure(now time.Time) {
	if g.line.last.IsZero() {
		g.line.last = now
	}
	g.count++
	if half := math.Floor(seconds(now)*2) / 2; half > g.bucket {
		g.measured = cubicSmooth*float64(g.count)/(half-g.bucket) + (1-cubicSmooth)*g.measured
		g.count, g.bucket = 0, half
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixNano()) / float64(time.Second) }

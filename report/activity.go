package report

import (
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

// Activity is what went over the wire around a moment: means over the repeats. Trials that are over do not count any more.
type Activity struct {
	TS float64
	// Attempts began, and Throttled and Failed ended, per second. Failed are all other answers of 4xx and 5xx, and
	// connections that broke.
	Attempts, Throttled, Failed float64
	InFlight                    float64 // attempts under way
}

// activityPoints is how many points there are at most: fewer than of goodput, since what a bin counts jumps.
const activityPoints = 200

// activityOf makes one line of several trials. What a bin counts is spread evenly over its time.
func activityOf(r *Run, trials []*record.Trial) []Activity {
	strands, width, end := strandsOf(r, trials)
	longest := int(math.Ceil(end/width - 1e-9))
	step := max((longest+activityPoints-1)/activityPoints, int(seriesSmooth/2/width+0.5), 1)
	var points []Activity
	for at := 0; at < longest; at += step {
		from, to := float64(at)*width, float64(at+step)*width
		p := Activity{TS: (from + to) / 2}
		seconds := 0.0
		for _, s := range strands {
			for i := s.at(from); i < len(s.ticks) && float64(i)*s.width < to-1e-9; i++ {
				within := min(to, float64(i+1)*s.width) - max(from, float64(i)*s.width)
				share, k := within/s.width, &s.ticks[i]
				seconds += within
				p.Attempts += share * float64(k.Attempts)
				p.Throttled += share * float64(k.Throttled)
				p.Failed += share * float64(k.ClientError+k.ServerError+k.ConnError)
				p.InFlight += within * k.InFlight
			}
		}
		if seconds > 0 {
			p.Attempts /= seconds
			p.Throttled /= seconds
			p.Failed /= seconds
			p.InFlight /= seconds
		}
		points = append(points, p)
	}
	return points
}

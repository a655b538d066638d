package report

import (
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

// Flow is what goes over the wire.
type Flow struct {
	// Attempts began, and Throttled and Failed ended, per second. Failed are all other answers of 4xx and 5xx, and
	// connections that broke.
	Attempts, Throttled, Failed float64
	InFlight                    float64 // attempts under way
}

// plus adds b times by.
func (a Flow) plus(b Flow, by float64) Flow {
	return Flow{a.Attempts + b.Attempts*by, a.Throttled + b.Throttled*by, a.Failed + b.Failed*by, a.InFlight + b.InFlight*by}
}

func (a Flow) times(by float64) Flow { return Flow{}.plus(a, by) }

// least and most take the lower and the higher of each number.
func (a Flow) least(b Flow) Flow {
	return Flow{min(a.Attempts, b.Attempts), min(a.Throttled, b.Throttled), min(a.Failed, b.Failed), min(a.InFlight, b.InFlight)}
}

func (a Flow) most(b Flow) Flow {
	return Flow{max(a.Attempts, b.Attempts), max(a.Throttled, b.Throttled), max(a.Failed, b.Failed), max(a.InFlight, b.InFlight)}
}

// Activity is what went over the wire around a moment: means over the repeats. Trials that are over do not count any more.
type Activity struct {
	TS float64
	Flow
	Least, Most Flow // of all repeats, each number by itself
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
			f, mine := s.flow(from, to)
			if mine <= 0 {
				continue
			}
			p.Flow = p.plus(f, 1)
			f = f.times(1 / mine)
			if seconds == 0 {
				p.Least, p.Most = f, f
			}
			p.Least, p.Most, seconds = p.Least.least(f), p.Most.most(f), seconds+mine
		}
		if seconds > 0 {
			p.Flow = p.times(1 / seconds)
		}
		points = append(points, p)
	}
	return points
}

// flow adds up what there was between two times, and for how many seconds of these the trial was on. InFlight is in attempts × seconds.
func (s strand) flow(from, to float64) (f Flow, seconds float64) {
	for i := s.at(from); i < len(s.ticks) && float64(i)*s.width < to-1e-9; i++ {
		within := min(to, float64(i+1)*s.width) - max(from, float64(i)*s.width)
		share, k := within/s.width, &s.ticks[i]
		seconds += within
		f = f.plus(Flow{float64(k.Attempts), float64(k.Throttled), float64(k.ServerError + k.ConnError), k.InFlight * s.width}, share)
	}
	return f, seconds
}

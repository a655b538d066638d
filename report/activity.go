package report

import "github.com/ratebench/ratebench/internal/record"

// Activity is what went over the wire around a moment: means over the repeats. Trials that are over do not count any more.
type Activity struct {
	TS float64
	// Attempts began, and Throttled and Failed ended, per second. Failed are other answers of 5xx and connections that broke.
	Attempts, Throttled, Failed float64
	InFlight                    float64 // attempts under way
}

// activityPoints is how many points there are at most: fewer than of goodput, since what a bin counts jumps.
const activityPoints = 200

// activityOf makes one line of several trials.
func activityOf(r *Run, trials []*record.Trial) []Activity {
	longest, width := 0, record.BinS
	for _, t := range trials {
		longest = max(longest, len(r.Timeline[t.Trial]))
		width = max(width, record.BinWidth(r.Timeline[t.Trial]))
	}
	step := max((longest+activityPoints-1)/activityPoints, int(seriesSmooth/2/width+0.5), 1)
	var points []Activity
	for at := 0; at < longest; at += step {
		p := Activity{TS: (float64(at) + float64(step)/2) * width}
		bins := 0.0
		for _, t := range trials {
			ticks := r.Timeline[t.Trial]
			for _, k := range ticks[min(at, len(ticks)):min(at+step, len(ticks))] {
				bins++
				p.Attempts += float64(k.Attempts)
				p.Throttled += float64(k.Throttled)
				p.Failed += float64(k.ServerError + k.ConnError)
				p.InFlight += k.InFlight
			}
		}
		if bins > 0 {
			p.Attempts /= bins * width
			p.Throttled /= bins * width
			p.Failed /= bins * width
			p.InFlight /= bins
		}
		points = append(points, p)
	}
	return points
}

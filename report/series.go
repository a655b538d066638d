package report

import (
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

const (
	seriesSmooth = 0.5 // seconds
	seriesPoints = 600 // more cannot be told apart in a plot
)

// seriesOf makes one line of goodput over time of several trials. Trials that are over do not count any more.
func seriesOf(r *Run, trials []*record.Trial) []Point {
	var lines [][]float64
	longest, width := 0, record.BinS
	for _, t := range trials {
		line := make([]float64, len(r.Timeline[t.Trial]))
		for i, k := range r.Timeline[t.Trial] {
			line[i] = k.GoodputMiBs
		}
		lines = append(lines, line)
		width = max(width, record.BinWidth(r.Timeline[t.Trial]))
		longest = max(longest, len(line))
	}
	step := (longest + seriesPoints - 1) / seriesPoints
	var points []Point
	for at := 0; at < longest; at += step {
		var samples []sample
		for _, line := range lines {
			if at >= len(line) {
				continue
			}
			half := max(int(seriesSmooth/width)/2, step/2)
			around := line[max(0, at-half):min(len(line), at+half+1)]
			sum := 0.0
			for _, v := range around {
				sum += v
			}
			samples = append(samples, sample{value: sum / float64(len(around))})
		}
		s := statOf(samples)
		points = append(points, Point{TS: (float64(at) + 0.5) * width, Median: s.Median, Min: s.Min, Max: s.Max})
	}
	return points
}

// peak is the highest of a series; zero if there is none.
func peak(points []Point) float64 {
	top := 0.0
	for _, p := range points {
		top = math.Max(top, p.Max)
	}
	return top
}

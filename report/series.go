package report

import (
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

const (
	seriesSmooth = 0.5 // seconds
	seriesPoints = 600 // more cannot be told apart in a plot
)

// strand is the timeline of one trial. Trials of a cell may have bins of different widths: long ones have wide bins.
type strand struct {
	ticks []record.Tick
	width float64 // of a bin, in seconds
}

// strandsOf lists the timelines of trials that have one, with the narrowest of their bins and when the last of them ends, in seconds.
func strandsOf(r *Run, trials []*record.Trial) (strands []strand, narrowest, end float64) {
	narrowest = record.WideBinS
	for _, t := range trials {
		s := strand{r.Timeline[t.Trial], record.BinWidth(r.Timeline[t.Trial])}
		if len(s.ticks) == 0 {
			continue
		}
		// A single bin does not tell its width, but the trial tells what does not fit into a narrow one.
		if len(s.ticks) == 1 && t.WallS+r.Manifest.WarmUpS > 1.5*record.BinS {
			s.width = record.WideBinS
		}
		strands = append(strands, s)
		narrowest, end = min(narrowest, s.width), max(end, s.end())
	}
	return strands, narrowest, end
}

func (s strand) end() float64 { return float64(len(s.ticks)) * s.width }

// at is the bin that a time, in seconds, lies in.
func (s strand) at(t float64) int { return int(t/s.width + 1e-9) }

// seriesOf makes one line of goodput over time of several trials, until the last of them ends. One that is over has no goodput: if it did not
// count any more, the end of the line would be that of the slowest trial, and would rise where the others were slower on the whole.
func seriesOf(r *Run, trials []*record.Trial) []Point {
	strands, width, end := strandsOf(r, trials)
	longest := int(math.Ceil(end/width - 1e-9))
	step := (longest + seriesPoints - 1) / seriesPoints
	half := max(int(seriesSmooth/width)/2, step/2) // bins of that width
	var points []Point
	for at := 0; at < longest; at += step {
		t := (float64(at) + 0.5) * width
		var samples []sample
		for _, s := range strands {
			if t >= s.end() {
				samples = append(samples, sample{})
				continue
			}
			i, half := s.at(t), int(float64(half)*width/s.width+1e-9)
			around := s.ticks[max(0, i-half):min(len(s.ticks), i+half+1)]
			sum := 0.0
			for _, k := range around {
				sum += k.GoodputMiBs
			}
			samples = append(samples, sample{value: sum / float64(len(around))})
		}
		s := statOf(samples)
		points = append(points, Point{TS: t, Median: s.Median, Min: s.Min, Max: s.Max})
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

// tenths is how many parts of a cell's time have their goodput in numbers.
const tenths = 10

// tenthsOf is the goodput in MiB/s within each tenth of the time until end, over several trials. As in seriesOf, a trial that is over has none; a tenth
// that no trial has reached has no number. Nil: no trial has a timeline.
func tenthsOf(r *Run, trials []*record.Trial, end float64) []Stat {
	strands, _, last := strandsOf(r, trials)
	if len(strands) == 0 || end <= 0 {
		return nil
	}
	all := make([]Stat, tenths)
	for n := range all {
		from, to := end*float64(n)/tenths, min(end*float64(n+1)/tenths, last)
		if to-from <= 1e-9 {
			break
		}
		var samples []sample
		for _, s := range strands {
			moved := 0.0
			for i := s.at(from); i < len(s.ticks) && float64(i)*s.width < to-1e-9; i++ {
				within := min(to, float64(i+1)*s.width) - max(from, float64(i)*s.width)
				moved += within * s.ticks[i].GoodputMiBs
			}
			samples = append(samples, sample{value: moved / (to - from)})
		}
		all[n] = statOf(samples)
	}
	return all
}

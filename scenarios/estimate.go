package scenarios

import (
	"math"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// AssumedMiBs is the speed, in MiB/s, that estimates assume of a machine where nothing in the scenario is slower.
const AssumedMiBs = 500

// An Estimate says what a run will cost if nothing has to be sent twice. Faults that cause retries, and the time to set up
// and to verify, are not in it: take it for a lower end.
type Estimate struct {
	Cells  []CellEstimate
	Trials int
	Bytes  int64 // to upload in all
	Time   time.Duration
}

// CellEstimate is the estimate of all repeats of one cell.
type CellEstimate struct {
	Cell
	Parts int   // per object
	Bytes int64 // to upload
	Time  time.Duration
	// Limit says what decides the time: bandwidth, throttle <rule>, duration, arrival rate, timeout, or assumed speed.
	Limit string
}

// Estimate computes the expected time and bytes of every cell and of the whole run.
func (s *Scenario) Estimate() Estimate {
	e := Estimate{Trials: s.trials()}
	var bytes, seconds float64
	for _, c := range s.Grid() {
		b, t, limit := s.trial(c)
		b, t = b*float64(c.Repeats), t*float64(c.Repeats)
		bytes, seconds = bytes+b, seconds+t
		e.Cells = append(e.Cells, CellEstimate{
			Cell:  c,
			Parts: Parts(int64(s.Workload.ObjectSize), c.PartSize),
			Bytes: whole64(b), Time: span(t), Limit: limit,
		})
	}
	e.Bytes, e.Time = whole64(bytes), span(seconds)
	return e
}

// trial estimates the bytes and seconds of one trial.
func (s *Scenario) trial(c Cell) (bytes, seconds float64, by string) {
	rate, by := AssumedMiBs*float64(units.MiB), "assumed speed"
	if bound, name, ok := s.bound(0, c.PartSize, c.Concurrency); ok && bound < rate {
		rate, by = bound, name
	}
	end := s.Workload.Duration.D().Seconds()
	if s.Workload.Kind == KindCalls {
		return min(s.calls()*float64(s.Workload.ObjectSize), rate*end), end, "arrival rate"
	}
	if bytes = s.bytes(); bytes == 0 {
		return rate * (end - s.WarmUp.D().Seconds()), end, "duration"
	}
	seconds = bytes / rate
	if a := float64(s.Workload.ArrivalRate); a > 0 {
		if last := float64(s.Workload.Objects-1) / a; last > seconds {
			seconds, by = last, "arrival rate"
		}
	}
	if end == 0 {
		end = s.Timeout.D().Seconds()
	}
	if seconds > end {
		bytes, seconds, by = bytes*end/seconds, end, "timeout"
		if s.Workload.Duration > 0 {
			by = "duration"
		}
	}
	return bytes, seconds, by
}

// calls is how many calls all clients of a trial make together.
func (s *Scenario) calls() float64 {
	w := s.Workload
	end := w.Duration.D().Seconds()
	times := end // the integral of the load over the trial's time
	if n := len(w.Load); n > 0 {
		times = 0
		at, now := 0.0, w.Load[0].Times
		for _, p := range w.Load {
			to := min(p.At.D().Seconds(), end)
			if to > at {
				then := p.Times
				if p.At.D().Seconds() > end { // it ends on the way there
					then = now + (p.Times-now)*(end-at)/(p.At.D().Seconds()-at)
				}
				times += (now + then) / 2 * (to - at)
			}
			at, now = to, p.Times
		}
		times += now * max(0, end-at)
	}
	return float64(w.Clients) * float64(w.ArrivalRate) * times
}

// whole64 and span convert without overflow.
func whole64(f float64) int64 {
	if f >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(math.Round(f))
}

func span(seconds float64) time.Duration {
	return time.Duration(whole64(seconds * float64(time.Second)))
}

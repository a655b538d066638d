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
	Bytes  int64 // to move in all
	Time   time.Duration
}

// CellEstimate is the estimate of all repeats of one cell.
type CellEstimate struct {
	Cell
	Parts int   // per object
	Bytes int64 // to move
	Time  time.Duration
	// Limit says what decides the time: bandwidth, throttle <rule>, duration, arrival rate, round trips, timeout, or assumed
	// speed.
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
			Parts: s.parts(c.PartSize),
			Bytes: whole64(b), Time: span(t), Limit: limit,
		})
	}
	e.Bytes, e.Time = whole64(bytes), span(seconds)
	return e
}

// parts is how many an object has.
func (s *Scenario) parts(partSize int64) int {
	if w := s.Workload; w.Kind == KindGHGA {
		return Parts(w.Brought(int64(w.ObjectSize)), w.Cut(int64(w.ObjectSize), partSize))
	}
	return Parts(int64(s.Workload.ObjectSize), partSize)
}

// trial estimates the bytes and seconds of one trial.
func (s *Scenario) trial(c Cell) (bytes, seconds float64, by string) {
	rate, by := AssumedMiBs*float64(units.MiB), "assumed speed"
	if bound, name, ok := s.bound(0, c.PartSize, c.Concurrency); ok && bound < rate {
		rate, by = bound, name
	}
	if s.Workload.Kind == KindCalls {
		return s.estimateCalls(c, rate, by)
	}
	if s.Workload.Do == DoDelete { // a token and the request, and no bytes
		return s.until(0, float64(s.Workload.Objects)*2*s.roundTrip(), "round trips")
	}
	end := s.Workload.Duration.D().Seconds()
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

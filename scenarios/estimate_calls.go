package scenarios

import "math"

// estimateCalls estimates the bytes and seconds of one trial of calls, at rate bytes per second at most, which by decides.
func (s *Scenario) estimateCalls(c Cell, rate float64, by string) (bytes, seconds float64, limit string) {
	w := s.Workload
	end, size := w.Duration.D().Seconds(), float64(w.ObjectSize)
	asked := float64(w.Objects) * float64(w.Clients) // calls; 0: as many as fit
	if w.ArrivalRate > 0 {
		if end > 0 {
			calls := s.calls()
			if asked > 0 {
				calls = min(calls, asked)
			}
			return min(calls*size, rate*end), end, "arrival rate"
		}
		return s.until(asked*size, float64(w.Objects)/float64(w.ArrivalRate), "arrival rate")
	}
	each := s.roundTrip() // seconds of a worker's call at least
	workers := float64(w.Clients) * float64(c.Concurrency)
	if asked > 0 {
		seconds, limit = asked*each/workers, "round trips"
		if least := asked * size / rate; least > seconds {
			seconds, limit = least, by
		}
		return s.until(asked*size, seconds, limit)
	}
	bytes, limit = rate*end, "duration"
	if each > 0 {
		bytes = min(bytes, workers*size*end/each)
	}
	return bytes, end, limit
}

// until cuts an estimate off where the trial ends.
func (s *Scenario) until(bytes, seconds float64, by string) (float64, float64, string) {
	end, name := s.Workload.Duration.D().Seconds(), "duration"
	if end == 0 {
		end, name = s.Timeout.D().Seconds(), "timeout"
	}
	if seconds > end {
		return bytes * end / seconds, end, name
	}
	return bytes, seconds, by
}

// roundTrip is how long a worker of a closed loop takes for a call at least, with the time until the next, in seconds.
func (s *Scenario) roundTrip() float64 {
	return math.Max(0, 2*s.Network.Latency.D().Seconds()+s.Workload.ThinkTime.D().Seconds())
}

// calls is how many calls all clients of a trial make together that come at a rate until a duration is over.
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

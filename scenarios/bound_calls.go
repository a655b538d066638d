package scenarios

import (
	"math"
	"slices"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// callBound is the most goodput, in bytes per second, of calls: those of a mix, and those of a closed loop.
//
//	link                   bandwidth in each direction that has bytes, for each that shares it
//	round trips            of a closed loop: workers × size of a call / (2 × latency)
//	limit                  what it allows in the duration × size of a call / duration
//
// What counts calls and not bytes is left out where calls have several sizes: which of them get through is not certain. An open
// loop that does not ask for more than the bound has none: its load decides. A limit counts if it meets every call that has bytes, and if the duration alone ends the trial: how long a trial lasts that
// ends with its calls is up to a client that may give up on most of them, and live on a bucket's first fill. An open loop may
// have any number of connections, so a link for each of them bounds nothing there.
func (s *Scenario) callBound(concurrency int) (rate float64, name string, ok bool) {
	w := s.Workload
	rate = math.Inf(1)
	tighter := func(bytes float64, by string) {
		if bytes < rate {
			rate, name, ok = bytes, by, true
		}
	}
	workers := float64(w.Clients) * float64(concurrency)
	closed := w.ArrivalRate == 0
	if b := float64(s.Network.Bandwidth); b > 0 && (closed || s.Network.Scope != "connection") {
		shares := map[string]float64{"all": 1, "client": float64(w.Clients), "connection": workers}[s.Network.Scope]
		tighter(b*w.directions()*shares, "bandwidth")
	}
	if latency := s.Network.Latency.D().Seconds(); closed && latency > 0 && w.even() {
		tighter(workers*w.largest()/(2*latency), "round trips")
	}
	end := w.Duration.D().Seconds()
	for i := range s.Faults {
		if r := &s.Faults[i]; w.Objects == 0 && end > 0 && r.Always() {
			if most, by, bounds := s.callLimit(r); bounds {
				tighter(most(end)/(end-s.WarmUp.D().Seconds()), by)
			}
		}
	}
	if !ok || !closed && end > 0 && s.calls()*float64(w.ObjectSize) <= rate*end {
		return 0, "", false
	}
	return rate, name, ok
}

// Paced reports whether the workload by itself keeps a client from going as fast as it can: calls come at a rate, or wait
// for answers that take a time.
func (s *Scenario) Paced() bool {
	return s.Workload.ArrivalRate > 0 || s.Workload.Do == DoDelete && s.trip() > 0 || s.Workload.Kind == KindCalls && s.roundTrip() > 0
}

// callLimit is what a fault with a capacity lets through, in bytes over time, if it meets every call that has bytes.
func (s *Scenario) callLimit(r *faultserver.Rule) (most func(t float64) float64, name string, ok bool) {
	kind, config, n := r.Set()
	b, bounds := config.(faults.Bounding)
	if n != 1 || !bounds || r.Match.Key != "" || len(r.Match.Parts) > 0 {
		return nil, "", false
	}
	c, w := b.Capacity(), s.Workload
	spared := func(call Call) bool {
		return call.Size > 0 && (!pays(r.Match, ops.Call(call.Method)) || c.Bytes && call.Download())
	}
	scopes, known := map[string]float64{faults.ScopeAll: 1, faults.ScopeClient: float64(w.Clients)}[c.Scope]
	if c.Allows == nil || !known || slices.ContainsFunc(w.Calls(), spared) {
		return nil, "", false
	}
	if c.Bytes { // a call larger than the burst may leave a debt
		return func(t float64) float64 { return scopes * (c.Allows(seconds(t)) + w.largest()) }, kind + " " + r.Name, true
	}
	if !w.even() {
		return nil, "", false
	}
	return func(t float64) float64 { return scopes * c.Allows(seconds(t)) * w.largest() }, kind + " " + r.Name, true
}

// largest is the size of the largest call in bytes.
func (w *Workload) largest() (bytes float64) {
	for _, c := range w.Calls() {
		bytes = max(bytes, float64(c.Size))
	}
	return bytes
}

// even reports whether all calls have the same size.
func (w *Workload) even() bool {
	return !slices.ContainsFunc(w.Calls(), func(c Call) bool { return float64(c.Size) != w.largest() })
}

// directions is in how many directions bytes go: up, down or both. At least 1.
func (w *Workload) directions() float64 {
	sized := slices.DeleteFunc(slices.Clone(w.Calls()), func(c Call) bool { return c.Size == 0 })
	if slices.ContainsFunc(sized, Call.Download) && slices.ContainsFunc(sized, func(c Call) bool { return !c.Download() }) {
		return 2
	}
	return 1
}

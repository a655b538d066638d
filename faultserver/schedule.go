package faultserver

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Phase is a named stretch of a trial's time. To zero means until the end.
type Phase struct {
	Name     string
	From, To time.Duration
}

// window is a stretch of time in which a rule may act.
type window struct{ from, to time.Duration }

const forever = time.Duration(math.MaxInt64)

// windows works out when a rule may act, in order of time. No windows at all means never: its phases and its From and
// To do not overlap.
func (w When) windows(phases []Phase) ([]window, error) {
	from, to := w.From.D(), w.To.D()
	if to == 0 {
		to = forever
	}
	if len(w.Phase) == 0 {
		return []window{{from, to}}, nil
	}
	for _, name := range w.Phase {
		if !slices.ContainsFunc(phases, func(p Phase) bool { return p.Name == name }) {
			return nil, fmt.Errorf("no phase is called %q", name)
		}
	}
	var out []window
	for _, p := range phases {
		end := p.To
		if end == 0 {
			end = forever
		}
		if v := (window{max(from, p.From), min(to, end)}); slices.Contains(w.Phase, p.Name) && v.from < v.to {
			out = append(out, v)
		}
	}
	return out, nil
}

// byIdentity reports whether the schedule lets the rule act on this attempt, as far as identity decides it. digest is
// asked for only where dice are thrown.
func (r *rule) byIdentity(digest func() uint64, attempt int) bool {
	return r.When.attempt(attempt) && (r.below == 0 || r.rolls(digest()))
}

// rolls throws the dice for When.Probability: the same as dice(digest, r.hash, 0) < Probability, in whole numbers.
func (r *rule) rolls(digest uint64) bool { return mix(digest^r.mixed)>>11 < r.below }

// began is when the window began in which the rule may act at a time of the trial.
func (r *rule) began(t time.Duration) (from time.Duration, ok bool) {
	if !r.timed {
		return 0, true
	}
	for _, w := range *r.windows.Load() {
		if t >= w.from && t < w.to {
			return w.from, true
		}
	}
	return 0, false
}

// dueConnection asks the schedule whether the rule acts on a client's nth connection.
func (r *rule) dueConnection(at time.Duration, n int, digest func() uint64) bool {
	if _, ok := r.activeAt(at); !ok {
		return false
	}
	if !r.byIdentity(digest, n) {
		return false
	}
	for _, c := range r.conditions {
		if _, recorded := c.(*replay); recorded || !c.holds(at, nil, func(salt byte) float64 { return dice(digest(), r.hash, salt) }) {
			return false // a ledger has no attempts of connections
		}
	}
	return r.counted() && r.enter(identity{op: opConnection})
}

// counted asks When.Every, which counts the arrival.
func (r *rule) counted() bool {
	if r.When.Every == 0 {
		return true
	}
	n := r.arrivals.Add(1) - int64(r.When.Offset)
	return n > 0 && n%int64(r.When.Every) == 0
}

// activeAt reports whether the rule may act at a time of the trial, and until when.
func (r *rule) activeAt(t time.Duration) (until time.Duration, ok bool) {
	for _, w := range *r.windows.Load() {
		if t >= w.from && t < w.to {
			return w.to, true
		}
	}
	return 0, false
}

package metrics

import (
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// phases counts a trial phase by phase. An attempt belongs to the phase in which it began; a call, and its response time, to that
// in which the first of its attempts that count began. Bytes are spread over the phases that they were under way in.
type phases struct {
	warmUp float64
	all    []phase
}

type phase struct {
	from, to        float64 // to is infinite: until the end
	row             record.PhaseRow
	sent, delivered float64 // bytes
	attempts        int     // of the phase's calls, whenever they were
	took            []float64
	coarse          *histogram // in place of took, where memory must not grow; nil: took
}

// newPhases begins to count. coarse: percentiles come from histograms.
func newPhases(list []record.Phase, warmUp float64, coarse bool) *phases {
	p := &phases{warmUp: warmUp}
	for _, l := range list {
		one := phase{from: l.FromS, to: l.ToS, row: record.PhaseRow{Phase: l.Name}}
		if one.to <= one.from {
			one.to = math.Inf(1)
		}
		if coarse {
			one.coarse = new(histogram)
		}
		p.all = append(p.all, one)
	}
	return p
}

// at is the phase of a time after the warm-up; nil: it is in none.
func (p *phases) at(t float64) *phase {
	if t < p.warmUp {
		return nil
	}
	for i := range p.all {
		if one := &p.all[i]; t >= one.from && t < one.to {
			return one
		}
	}
	return nil
}

func (p *phases) attempt(a *record.Attempt) {
	one := p.at(a.StartS)
	if one == nil {
		return
	}
	r := &one.row
	r.Attempts++
	if a.Attempt > 1 {
		r.Retries++
	}
	if a.Throttled() {
		r.Throttled++
	}
	if a.Early {
		r.Early++
	}
	if !succeeded(a) {
		r.WastedBytes += a.Bytes
	}
	moved := func(one *phase, bytes float64) { one.sent += bytes }
	p.spread(a.StartS, end(a), float64(a.Bytes), moved)
	if n := received(a); n > 0 {
		p.spread(a.StartS, bodyEnd(a), float64(n), moved)
	}
}

// call takes a call of which n attempts count, the first of them from first on.
func (p *phases) call(first float64, n int, f fate) {
	if one := p.at(first); one != nil {
		one.row.Calls++
		one.attempts += n
		if f == failed {
			one.row.FailedCalls++
		}
	}
}

// response takes the response time of a call that succeeded.
func (p *phases) response(first, s float64) {
	switch one := p.at(first); {
	case one == nil:
	case one.coarse != nil:
		one.coarse.add(s)
	default:
		one.took = append(one.took, s)
	}
}

func (p *phases) delivery(d delivery) {
	if d.from >= p.warmUp {
		p.spread(d.from, d.to, d.bytes, func(one *phase, bytes float64) { one.delivered += bytes })
	}
}

// spread shares bytes out over the phases between from and to.
func (p *phases) spread(from, to, bytes float64, add func(*phase, float64)) {
	if to <= from {
		if one := p.at(from); one != nil {
			add(one, bytes)
		}
		return
	}
	for i := range p.all {
		one := &p.all[i]
		if share := (min(to, one.to) - max(from, one.from)) / (to - from); share > 0 {
			add(one, share*bytes)
		}
	}
}

// rows returns a row for every phase that began after the warm-up or lasted longer than that, and before the trial's end.
func (p *phases) rows(trial int, wall float64) (rows []record.PhaseRow) {
	for i := range p.all {
		one := &p.all[i]
		r := one.row
		r.Trial, r.FromS, r.ToS = trial, max(one.from, p.warmUp), min(one.to, wall)
		length := r.ToS - r.FromS
		if length <= 0 && r.Attempts == 0 {
			continue
		}
		r.ToS = max(r.ToS, r.FromS)
		if length > 0 {
			r.GoodputMiBs, r.ThroughputMiBs = one.delivered/mib/length, one.sent/mib/length
		}
		if r.Calls > 0 {
			a := float64(one.attempts) / float64(r.Calls)
			r.Amplification = &a
		}
		slices.Sort(one.took)
		at := func(p float64) *float64 { v := Percentile(one.took, p); return &v }
		if h := one.coarse; h != nil && h.count() > 0 {
			at = func(p float64) *float64 { v := h.at(p); return &v }
		}
		if len(one.took) > 0 || one.coarse != nil && one.coarse.count() > 0 {
			r.P50S, r.P95S, r.P99S = at(50), at(95), at(99)
		}
		rows = append(rows, r)
	}
	return rows
}

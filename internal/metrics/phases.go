package metrics

import (
	"math"

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
	took            []span
	coarse          *[2]histogram // in place of took, where memory must not grow: of calls that ended, and that were cut off; nil: took
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
			one.coarse = new([2]histogram)
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
func (p *phases) response(first, s float64) { p.span(first, span{s: s, n: 1}) }

// waited takes a call that was cut off after so many seconds.
func (p *phases) waited(first, s float64) {
	p.span(first, span{s: s, n: 1, cut: true})
	if one := p.at(first); one != nil {
		one.row.CutOff++
	}
}

func (p *phases) span(first float64, x span) {
	switch one := p.at(first); {
	case one == nil:
	case one.coarse != nil && x.cut:
		one.coarse[1].add(x.s)
	case one.coarse != nil:
		one.coarse[0].add(x.s)
	default:
		one.took = append(one.took, x)
	}
}

func (p *phases) delivery(d delivery) {
	if d.from >= p.warmUp {
		p.spread(d.from, d.to, d.bytes, func(one *phase, bytes float64) {
			one.delivered += bytes
			if !d.seen {
				one.sent += bytes
			}
		})
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
		one.percentiles(&r)
		rows = append(rows, r)
	}
	return rows
}

// percentiles fills in those of response times.
func (one *phase) percentiles(r *record.PhaseRow) {
	all := one.took
	if h := one.coarse; h != nil {
		all = append(h[0].spans(false), h[1].spans(true)...)
	}
	if len(all) == 0 {
		return
	}
	l := lengthsOf(all)
	p50, c50 := l.percentile(50)
	p95, c95 := l.percentile(95)
	p99, c99 := l.percentile(99)
	r.P50S, r.P95S, r.P99S = &p50, &p95, &p99
	r.P50Censored, r.P95Censored, r.P99Censored = c50, c95, c99
}

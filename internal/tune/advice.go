package tune

import (
	"context"
	"errors"
	"math"
	"slices"
)

// ErrNothing says that no setting got anything through, so that there is nothing to recommend.
var ErrNothing = errors.New("no setting got anything through")

// worth is the least advantage that is worth a change.
const worth = 0.01

// asMuch is within how much of each other two settings do as well.
const asMuch = 0.05

// Versus compares the recommendation with another setting, by fresh seeds.
type Versus struct {
	With *Candidate `json:"with"`
	// Advantage is by how much the recommendation's value is higher: 0.05 is 5 %. Negative: it is lower.
	Advantage Interval `json:"advantage"`
	// Loses says that the other one loses uploads, or gets nothing through with a seed, and the recommendation does neither. Nothing says that it is the
	// latter alone.
	Loses   bool `json:"loses,omitempty"`
	Nothing bool `json:"nothing,omitempty"`
}

// Shown reports whether the recommendation is shown to be better: its interval is above zero, and it is worth a change.
func (v Versus) Shown() bool { return v.Loses || v.Advantage.Low > 0 && v.Advantage.Value >= worth }

// Advice is what a search has come to.
type Advice struct {
	Recommended *Candidate
	// Kept says that the recommendation is a baseline, and Best, which did best in the search, is not shown to be better. If it is a baseline
	// that did best, the two are the same.
	Kept bool
	Best *Candidate
	// Wins is the share of the resamples of fresh seeds in which the recommendation is the best finalist, or one of several that are, and
	// Close that in which it is within 1 % of the best.
	Wins, Close float64
	// Baselines are those of the recommended contestant, other than the recommendation itself.
	Baselines []Versus
	RunnerUp  *Versus // the best of the other finalists; nil: there is none
	// Challenge is Best against the recommendation, where that was kept.
	Challenge *Versus
	Front     []*Candidate // the Pareto set among the finalists, with all their seeds
	Flat      []Flatness
}

// seeds of the finalists.
func (f *Found) all() []int { return slices.Concat(f.Seeds, f.Fresh) }

// Advise chooses. The choice goes by the seeds of the search, and what is said about it by the fresh ones: of many settings that are
// equally good the one that came out best has had luck, and on the same seeds would look better than it is.
func (f *Found) Advise(ctx context.Context) (*Advice, error) {
	all := f.all()
	if !slices.ContainsFunc(f.Finalists, func(c *Candidate) bool { return f.Prefer.mean(c, all) > worst }) {
		return nil, ErrNothing
	}
	a := &Advice{}
	order := slices.Clone(f.Finalists)
	slices.SortStableFunc(order, func(x, y *Candidate) int { // what loses an upload with a fresh seed goes back
		lx, ly := x.loses(all), y.loses(all)
		switch {
		case lx == ly && lx:
			return f.Prefer.before(x, y, all)
		case lx == ly:
			return 0
		case lx:
			return 1
		}
		return -1
	})
	a.Best, a.Recommended = order[0], order[0]
	for _, role := range []Role{Current, Default} {
		for _, b := range f.Finalists {
			if b.Role == role && b.Contestant == a.Best.Contestant && b != a.Best && a.Recommended == a.Best && !f.versus(a.Best, b).Shown() {
				challenge := f.versus(a.Best, b)
				a.Recommended, a.Challenge = b, &challenge
			}
		}
	}
	a.Kept = a.Recommended.Role != Searched
	f.surety(a)
	a.Front = front(f.Finalists, all)
	if err := f.probe(ctx, a.Recommended); err != nil {
		return a, err
	}
	a.Flat = f.flatness(a.Recommended)
	return a, nil
}

// surety fills in what the fresh seeds say.
func (f *Found) surety(a *Advice) {
	a.Wins, a.Close = f.Prefer.wins(a.Recommended, f.Finalists, f.Fresh, f.Seed)
	var others []*Candidate
	for _, c := range f.Finalists {
		if c == a.Recommended {
			continue
		}
		others = append(others, c)
		if c.Role != Searched && c.Contestant == a.Recommended.Contestant {
			a.Baselines = append(a.Baselines, f.versus(a.Recommended, c))
		}
	}
	if len(others) > 0 {
		next := slices.MinFunc(others, func(x, y *Candidate) int { return f.Prefer.before(x, y, f.Fresh) })
		v := f.versus(a.Recommended, next)
		a.RunnerUp = &v
	}
}

func (f *Found) versus(a, b *Candidate) Versus {
	return f.Prefer.versus(a, b, f.Fresh, f.all(), f.Seed)
}

// versus compares with some seeds; what loses uploads, or gets nothing through, with any of all is known to.
func (p Preference) versus(a, b *Candidate, seeds, all []int, seed uint64) Versus {
	v := Versus{With: b, Advantage: p.advantage(a, b, seeds, seed), Loses: b.loses(all) && !a.loses(all)}
	if _, failed := b.objects(all); v.Loses && failed == 0 {
		v.Nothing = true
	}
	return v
}

// Summary is what a candidate did over some seeds, as people read it.
type Summary struct {
	Speed Interval `json:"speed"` // geometric mean
	// Amplification is the geometric mean of the seeds where it is known; the value 0: of none. Nobody sends less than one attempt for a
	// call, so its interval does not go below 1 either.
	Amplification Interval  `json:"amplification"`
	RecoveryS     *Interval `json:"recovery_s"` // mean of those that are known; nil: none is
	// Recovered is the number of seeds with a recovery that is known, and Guessed that with one which others know.
	Recovered int    `json:"recovered"`
	Guessed   int    `json:"recovery_guessed,omitempty"`
	Failed    int    `json:"failed"`
	Objects   int    `json:"objects"`
	Seeds     int    `json:"seeds"`
	Problem   string `json:"problem,omitempty"` // the first of a trial that did not end well
}

// Sum sums the candidate up over the seeds that it has of these; nil: all.
func (c *Candidate) Sum(seeds []int) Summary {
	if seeds == nil {
		seeds = c.seeds()
	}
	var s Summary
	var speed, amplification, recovery []float64
	for _, seed := range seeds {
		r, ok := c.Results[seed]
		if !ok {
			continue
		}
		s.Seeds++
		speed = append(speed, math.Log(r.Speed))
		if r.Amplification > 0 {
			amplification = append(amplification, math.Log(r.Amplification))
		}
		if r.RecoveryS >= 0 {
			recovery = append(recovery, r.RecoveryS)
		}
		if r.AssumedS != nil {
			s.Guessed++
		}
		if s.Problem == "" {
			s.Problem = r.Problem
		}
	}
	s.Objects, s.Failed = c.objects(seeds)
	if s.Seeds > 0 {
		s.Speed = mean(speed, 0).of(math.Exp)
	}
	if len(amplification) > 0 {
		s.Amplification = mean(amplification, 0).of(func(v float64) float64 { return max(math.Exp(v), 1) })
		s.Amplification.Low = max(s.Amplification.Low, 1) // where it is not known
	}
	if s.Recovered = len(recovery); s.Recovered > 0 {
		i := mean(recovery, 0).of(func(v float64) float64 { return max(v, 0) })
		s.RecoveryS = &i
	}
	return s
}

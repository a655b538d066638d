package tune

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// What the real clock says about a recommendation.
const (
	Agrees      = "agrees"      // it shows the same
	Open        = "open"        // it does not contradict, but does not show the advantage either
	Contradicts = "contradicts" // it shows the opposite
)

// Confirmation is what measuring again said, on another clock and with fresh seeds.
type Confirmation struct {
	Clock   string
	Seeds   []int
	Verdict string
	Why     string // a sentence
	// Instead is what to set if the verdict is Contradicts, one of the Candidates; nil: nothing that was measured there is confirmed.
	Instead *Candidate
	// Candidates are those that were measured again; their Results are of this clock.
	Candidates []*Candidate
	Baselines  []Versus
	// Speed is the recommendation's here ÷ there, less one; the zero value: it is not known.
	Speed Interval
}

// MostConfirmed is how many settings are measured again at most, besides the recommendation, the best and the baselines.
const MostConfirmed = 8

// bestConfirmed is how many of them are the best of the others, in the Pareto set or not. The rest are the best of the Pareto set.
const bestConfirmed = 2

// Confirms lists the finalists that Confirm measures again, in their order.
func (f *Found) Confirms(a *Advice) []*Candidate {
	chosen, extra := map[*Candidate]bool{}, 0
	for _, o := range f.Finalists {
		chosen[o] = o == a.Recommended || o == a.Best || o.Role != Searched
	}
	add := func(most int, suits func(*Candidate) bool) {
		for _, o := range f.Finalists {
			if !chosen[o] && extra < most && suits(o) {
				chosen[o], extra = true, extra+1
			}
		}
	}
	add(bestConfirmed, func(*Candidate) bool { return true })
	add(MostConfirmed, func(o *Candidate) bool { return slices.Contains(a.Front, o) })
	return slices.DeleteFunc(slices.Clone(f.Finalists), func(o *Candidate) bool { return !chosen[o] })
}

// Confirm measures the recommendation, the Pareto set, the next finalists and the baselines again with seeds that nobody has had.
func (f *Found) Confirm(ctx context.Context, a *Advice, e Evaluator, repeats int, clock string) (*Confirmation, error) {
	last := len(f.all())
	c := &Confirmation{Clock: clock, Seeds: between(last+1, last+repeats)}
	again := map[*Candidate]*Candidate{}
	var jobs []Job
	for _, o := range f.Confirms(a) {
		twin := *o
		twin.Results = map[int]Result{}
		again[o] = &twin
		c.Candidates = append(c.Candidates, &twin)
		jobs = append(jobs, Job{&twin, c.Seeds})
	}
	if err := e.Evaluate(ctx, "confirm", jobs); err != nil {
		return nil, err
	}
	assume(c.Candidates)
	f.judge(a, c, again[a.Recommended])
	if c.Verdict == Contradicts {
		c.Instead = f.instead(c, again[a.Recommended])
	}
	return c, nil
}

// judge says whether the real clock agrees.
func (f *Found) judge(a *Advice, c *Confirmation, mine *Candidate) {
	if there, here := a.Recommended.Sum(f.Fresh).Speed, mine.Sum(c.Seeds).Speed; there.Value > 0 {
		c.Speed = here.over(there)
	}
	var better []Versus
	unshown := 0
	for _, o := range c.Candidates {
		if o == mine {
			continue
		}
		back := f.Prefer.versus(o, mine, c.Seeds, c.Seeds, f.Seed)
		if back.Loses || back.Advantage.Low > worth {
			back.With = o
			better = append(better, back)
		}
		if o.Role != Searched && o.Contestant == mine.Contestant {
			v := f.Prefer.versus(mine, o, c.Seeds, c.Seeds, f.Seed)
			c.Baselines = append(c.Baselines, v)
			if !v.Shown() {
				unshown++
			}
		}
	}
	slices.SortStableFunc(better, func(x, y Versus) int { return f.Prefer.before(x.With, y.With, c.Seeds) })
	switch {
	case f.Prefer.mean(mine, c.Seeds) <= worst:
		c.Verdict, c.Why = Contradicts, "nothing got through with it there"
	case len(better) > 0 && better[0].Nothing:
		c.Verdict, c.Why = Contradicts, fmt.Sprintf("with some seeds nothing gets through with it there, and with %s something always does", better[0].With.Name)
	case len(better) > 0 && better[0].Loses:
		c.Verdict, c.Why = Contradicts, fmt.Sprintf("it loses uploads there, and %s does not", better[0].With.Name)
	case len(better) > 0:
		c.Verdict, c.Why = Contradicts, fmt.Sprintf("there %s is better than it by %s", better[0].With.Name, better[0].Advantage)
	case a.Kept:
		c.Verdict, c.Why = Agrees, "nothing is shown to be better there either"
	case unshown > 0:
		c.Verdict, c.Why = Open, fmt.Sprintf("%d repeats do not show the advantage over what was there before, nor the opposite", len(c.Seeds))
	default:
		c.Verdict, c.Why = Agrees, "the recommended setting is better there too"
	}
}

// instead is what remains of the candidates where the real clock contradicts: the best that is confirmed, or else what was there before,
// the scenario's setting before the default. Confirmed is what loses nothing, in the search and there, and is shown there to be better than
// what was there before. What was there before needs no such proof, but must not lose anything either. nil: nothing remains.
func (f *Found) instead(c *Confirmation, mine *Candidate) *Candidate {
	base := func(o *Candidate, role Role) bool { return o.Role == role && o.Contestant == mine.Contestant }
	holds := func(o *Candidate) bool {
		lost := slices.ContainsFunc(f.Finalists, func(was *Candidate) bool { return was.ID == o.ID && was.loses(f.all()) })
		return o != mine && !lost && !o.loses(c.Seeds) && f.Prefer.mean(o, c.Seeds) > worst
	}
	order := slices.Clone(c.Candidates)
	slices.SortStableFunc(order, func(x, y *Candidate) int { return f.Prefer.before(x, y, c.Seeds) })
	for _, o := range order {
		proven := o.Role == Searched && holds(o) && !slices.ContainsFunc(c.Candidates, func(b *Candidate) bool {
			return (base(b, Current) || base(b, Default)) && !f.Prefer.versus(o, b, c.Seeds, c.Seeds, f.Seed).Shown()
		})
		if proven {
			return o
		}
	}
	for _, role := range []Role{Current, Default} {
		for _, o := range order {
			if base(o, role) && holds(o) {
				return o
			}
		}
	}
	return nil
}

// String prints an advantage with its interval: "+12 % (+9 to +15)".
func (i Interval) String() string {
	if i.High == unknown {
		return percent(i.Value) + " % (too few seeds for an interval)"
	}
	return fmt.Sprintf("%s %% (%s to %s)", percent(i.Value), percent(i.Low), percent(i.High))
}

func percent(v float64) string {
	v *= 100
	switch {
	case v > 1e4:
		return "over +10000"
	case math.Abs(v) < 9.95:
		if math.Abs(v) < 0.05 {
			return "0"
		}
		return fmt.Sprintf("%+.1f", v)
	}
	return fmt.Sprintf("%+.0f", v)
}

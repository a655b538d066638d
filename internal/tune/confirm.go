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
	// Candidates are those that were measured again; their Results are of this clock.
	Candidates []*Candidate
	Baselines  []Versus
	// Speed is the recommendation's here ÷ there, less one; the zero value: it is not known.
	Speed Interval
}

// confirmed is how many finalists are measured again, besides the recommendation and the baselines.
const confirmed = 2

// Confirm measures the recommendation, the next finalists and the baselines again with seeds that nobody has had.
func (f *Found) Confirm(ctx context.Context, a *Advice, e Evaluator, repeats int, clock string) (*Confirmation, error) {
	last := len(f.all())
	c := &Confirmation{Clock: clock, Seeds: between(last+1, last+repeats)}
	again := map[*Candidate]*Candidate{}
	var jobs []Job
	extra := 0
	for _, o := range f.Finalists {
		if o != a.Recommended && o != a.Best && o.Role == Searched {
			if extra++; extra > confirmed {
				continue
			}
		}
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
		c.Verdict, c.Why = Contradicts, "nothing got through with the recommended setting"
	case len(better) > 0 && better[0].Loses:
		c.Verdict, c.Why = Contradicts, fmt.Sprintf("the recommended setting loses uploads there, and %s does not", better[0].With.Name)
	case len(better) > 0:
		c.Verdict, c.Why = Contradicts, fmt.Sprintf("there %s is better than the recommended setting by %s", better[0].With.Name, better[0].Advantage)
	case a.Kept:
		c.Verdict, c.Why = Agrees, "nothing is shown to be better there either"
	case unshown > 0:
		c.Verdict, c.Why = Open, fmt.Sprintf("%d repeats do not show the advantage over what was there before, nor the opposite", len(c.Seeds))
	default:
		c.Verdict, c.Why = Agrees, "the recommended setting is better there too"
	}
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

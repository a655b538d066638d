package tune

// Plan is how a number of trials is spent.
type Plan struct {
	Points int   // settings in the first round, besides the baselines
	Seeds  []int // in each round, those before included
	Final  int   // settings that are measured with fresh seeds, besides the baselines
	Ends   bool  // what is best by each of the other preferences is too, as far as there are trials left
	Fresh  int   // fresh seeds
	Probes int   // values of each parameter that are tried around the recommendation; 0: none
	Shown  int   // seeds of a probe

	size size
}

// size is what a plan depends on besides the trials.
type size struct {
	spaces    int
	dims      int // of the largest space
	choices   int // the most values that are tried of a parameter that is a choice
	baselines int
}

// leastPoints is how many settings the first round has at least.
const leastPoints = 4

// plans lists the ways to search, the most thorough first, with the fewest settings that are worth it: with fewer of them another way
// learns more for the same trials.
func plans() []Plan {
	return []Plan{
		{Points: 40, Seeds: []int{2, 4, 8, 16}, Final: 4, Ends: true, Fresh: 12, Probes: 6, Shown: 4},
		{Points: 16, Seeds: []int{2, 4, 8}, Final: 4, Ends: true, Fresh: 12, Probes: 6, Shown: 4},
		{Points: 8, Seeds: []int{2, 4, 8}, Final: 4, Ends: true, Fresh: 6, Probes: 4, Shown: 2},
		{Points: leastPoints, Seeds: []int{2, 4}, Final: 3, Fresh: 6},
	}
}

// NewPlan is the most thorough plan that spends no more than the trials, with as many settings in the first round as they are enough for.
// LeastTrials says from how many on there is one; with fewer it is that of these.
func NewPlan(trials int, spaces []*Space, baselines int) Plan {
	z := sizeOf(spaces, baselines)
	all := plans()
	for i, p := range all {
		p.size = z
		if p.most() > trials && i < len(all)-1 {
			continue
		}
		for {
			next := p
			if next.Points++; next.most() > trials {
				return p
			}
			p = next
		}
	}
	panic("unreachable: the last plan is always taken")
}

// LeastTrials is how many trials the smallest search takes at most.
func LeastTrials(spaces []*Space, baselines int) int {
	p := plans()[len(plans())-1]
	p.size = sizeOf(spaces, baselines)
	return p.most()
}

func sizeOf(spaces []*Space, baselines int) size {
	z := size{spaces: len(spaces), baselines: baselines}
	for _, s := range spaces {
		z.dims = max(z.dims, len(s.Dims))
		for _, d := range s.Dims {
			z.choices = max(z.choices, len(d.Search.Choices))
		}
	}
	return z
}

// keepOf is one in how many settings stays from round to round, and keptLeast how many do at least.
const (
	keepOf    = 3
	keptLeast = 3
)

// kept is how many of n settings stay for being the best.
func kept(n int) int { return min(max((n+keepOf-1)/keepOf, keptLeast), n) }

// others is how many stay for another reason, besides the baselines: the best of the other contestants, and one that is best by another
// preference if the plan has these. There may be three; they stay where trials are left for them.
func (p Plan) others() int {
	if p.Ends {
		return p.size.spaces
	}
	return p.size.spaces - 1
}

// most is how many trials are spent at most.
func (p Plan) most() int {
	alive := p.Points + p.size.baselines
	return alive*p.Seeds[0] + p.after(1, p.survive(alive), 0) + p.end()
}

// survive is how many of a round's settings stay at most.
func (p Plan) survive(alive int) int { return min(kept(alive)+p.others()+p.size.baselines, alive) }

// after is how many trials the rounds from one on take at most. That many settings of the round before stay, and so many new ones join
// them; half as many as stay in later rounds.
func (p Plan) after(round, alive, join int) int {
	sum := 0
	for ; round < len(p.Seeds); round++ {
		if join == 0 {
			join = max(alive/2, 1)
		}
		sum += alive*(p.Seeds[round]-p.Seeds[round-1]) + join*p.Seeds[round]
		alive, join = p.survive(alive+join), 0
	}
	return sum
}

// mayStay is how many settings may stay after the round before the given one, if no more than that are to be spent from here on.
func (p Plan) mayStay(round, left int) int {
	n := 0
	for p.after(round, n+1, 0)+p.end() <= left {
		n++
	}
	return n
}

// mayEnd is how many settings may be in the final, if no more than that are to be spent from here on.
func (p Plan) mayEnd(left int) int { return (left - p.probing()) / p.Fresh }

// end is how many trials come after the rounds at most.
func (p Plan) end() int {
	last := p.Seeds[len(p.Seeds)-1]
	final := p.Final + p.size.spaces - 1 + p.size.baselines
	if p.Ends {
		final++
	}
	sum := final*p.Fresh + p.probing()
	if p.Probes > 0 {
		sum += p.Shown*p.size.dims + last // what may be simpler
	}
	return sum
}

// probing is how many trials it takes to see how flat it is, at most.
func (p Plan) probing() int {
	if p.Probes == 0 {
		return 0
	}
	return p.Shown * p.size.dims * max(p.Probes, p.size.choices)
}

// fresh is how many new settings join those that stay, in a round from 1 on: half as many, or up to as many where trials are left, since
// fewer stayed in the rounds before than might have.
func (p Plan) fresh(round, alive, left int) int {
	n := max(alive/2, 1)
	for n < alive && p.after(round, alive, n+1)+p.end() <= left {
		n++
	}
	return n
}

// spent is how many trials the search has had.
func (f *Found) spent() int {
	n := 0
	for _, c := range f.Candidates {
		n += len(c.Results)
	}
	return n
}

// plan is that of all spaces together.
func (c Config) plan() Plan { return NewPlan(c.Trials, c.Spaces, len(c.Baselines)) }

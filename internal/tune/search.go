package tune

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Job is a candidate and the seeds that it is to be measured with, by their ordinals from 1.
type Job struct {
	*Candidate
	Seeds []int
}

// Evaluator measures settings.
type Evaluator interface {
	// Evaluate measures each job and adds to its candidate's Results, one for each seed. The same seed is the same trouble for all. A
	// trial that fails is a Result with a Problem; an error ends the search. round is a name for what is measured: "search-1".
	Evaluate(ctx context.Context, round string, jobs []Job) error
}

// Config says what to search, and how much of it. Spaces, Prefer, Evaluator and Trials are required.
type Config struct {
	Spaces []*Space
	// Baselines are measured all the way: settings as they come and as the scenario has them.
	Baselines []*Candidate
	Prefer    Preference
	Evaluator Evaluator
	// Trials is about how often a setting is measured with a seed, all in all. See Plan for how they are spent.
	Trials int
	// Seed decides which points are tried.
	Seed uint64
	// Note is told what goes on, in a sentence. May be nil.
	Note func(string)
}

// Found is what a search has measured.
type Found struct {
	Config
	Candidates []*Candidate // all, by ID
	// Finalists did best, the best first, and then the baselines that did not. All have been measured with Seeds, in the search, and with
	// Fresh, after it.
	Finalists []*Candidate
	Seeds     []int
	Fresh     []int
	Invalid   int // points that are no setting, since values do not go together
}

// Plan is how a number of trials is spent.
type Plan struct {
	Points int   // settings in the first round
	Seeds  []int // in each round, those before included
	Final  int   // settings that are measured with fresh seeds, besides the baselines
	Fresh  int   // fresh seeds
	Probes int   // values of each parameter that are tried around the recommendation; 0: none
	Shown  int   // seeds of a probe
}

// keepOf is one in how many settings stays from round to round.
const keepOf = 3

// NewPlan spends trials on a search in so many dimensions. Half of what is left after the final and the probes goes into the first two
// rounds; a round has twice the seeds and half the settings of the one before.
func NewPlan(trials, dims, baselines int) Plan {
	p := Plan{Final: 4, Fresh: 6, Shown: 4}
	switch {
	case trials >= 240:
		p.Seeds, p.Fresh, p.Probes = []int{2, 4, 8, 16}, 12, 6
	case trials >= 90:
		p.Seeds, p.Probes, p.Shown = []int{2, 4, 8}, 4, 2
	default:
		p.Seeds, p.Final = []int{2, 4}, 3
	}
	last := p.Seeds[len(p.Seeds)-1]
	if p.Probes > 0 {
		trials -= p.Shown*dims + last // for what may be simpler
	}
	rest := trials - p.Fresh*p.Final - (p.Fresh+last)*baselines - p.Probes*p.Shown*dims
	// A first round costs 2 for each point, and each one after it about 4/3.
	p.Points = max(int(float64(rest)/(2+4.0/3*float64(len(p.Seeds)-1))), 4)
	return p
}

// Search measures settings until the trials are spent. It returns what was found with an error too, unless that was before anything was
// measured.
func Search(ctx context.Context, c Config) (*Found, error) {
	for _, s := range c.Spaces {
		if err := s.Validate(); err != nil {
			return nil, err
		}
	}
	if len(c.Spaces) == 0 {
		return nil, errors.New("there is nothing to tune")
	}
	s := &search{Found: &Found{Config: c}, rand: rand.New(rand.NewPCG(c.Seed, 0x2545f4914f6cdd1d))}
	for _, b := range c.Baselines {
		s.add(b)
	}
	plan := c.plan()
	s.scatter(plan.Points)
	alive := slices.Clone(s.Candidates)
	for i, n := range plan.Seeds {
		s.Seeds = upTo(n)
		s.note("round %d of %d: %d settings with %d seeds", i+1, len(plan.Seeds), len(alive), n)
		if err := s.measure(ctx, fmt.Sprintf("search-%d", i+1), alive, s.Seeds); err != nil {
			return s.Found, err
		}
		s.sort(alive)
		if i < len(plan.Seeds)-1 {
			alive = s.survivors(alive)
			alive = append(alive, s.neighbours(alive, len(alive)/2, 0.25/float64(int(1)<<i))...)
		}
	}
	if plan.Probes > 0 {
		var err error
		if alive, err = s.simplify(ctx, alive); err != nil {
			return s.Found, err
		}
	}
	s.finalists(alive, plan.Final)
	s.Fresh = between(len(s.Seeds)+1, len(s.Seeds)+plan.Fresh)
	s.note("the best %d with %d fresh seeds", len(s.Finalists), plan.Fresh)
	return s.Found, s.measure(ctx, "final", s.Finalists, s.Fresh)
}

// plan is that of all spaces together.
func (c Config) plan() Plan {
	dims := 0
	for _, s := range c.Spaces {
		dims = max(dims, len(s.Dims))
	}
	return NewPlan(c.Trials, dims, len(c.Baselines))
}

// search is one that is under way.
type search struct {
	*Found
	rand *rand.Rand
}

func (f *Found) note(format string, args ...any) {
	if f.Note != nil {
		f.Note(fmt.Sprintf(format, args...))
	}
}

// upTo is 1 to n.
func upTo(n int) []int { return between(1, n) }

func between(from, to int) []int {
	var list []int
	for n := from; n <= to; n++ {
		list = append(list, n)
	}
	return list
}

// add numbers a candidate and names it.
func (f *Found) add(c *Candidate) {
	f.Candidates = append(f.Candidates, c)
	c.ID = len(f.Candidates)
	if c.Results == nil {
		c.Results = map[int]Result{}
	}
	if c.Name == "" {
		c.Name = fmt.Sprintf("%s@%d", c.Contestant, c.ID)
	}
	if c.at == nil {
		if s := f.space(c.Contestant); s != nil {
			c.at = s.locate(c.Setting)
		}
	}
}

func (f *Found) space(contestant string) *Space {
	for _, s := range f.Spaces {
		if s.Contestant == contestant {
			return s
		}
	}
	return nil
}

// try makes a candidate of a point; nil: its values do not go together, or it is there already.
func (s *search) try(space *Space, u []float64) *Candidate {
	set := space.setting(u)
	if !space.allowed(set) {
		s.Invalid++
		return nil
	}
	for _, c := range s.Candidates {
		if c.key() == set.key() {
			return nil
		}
	}
	c := &Candidate{Setting: set, at: u}
	s.Found.add(c)
	return c
}

// maxTries is how many points are tried for one that is a new setting; a small space runs out of them.
const maxTries = 50

// scatter adds points all over the spaces, as many in each.
func (s *search) scatter(n int) {
	var sequences []*points
	for i, space := range s.Spaces {
		sequences = append(sequences, newPoints(len(space.Dims), s.Seed+uint64(i)))
	}
	for i := range n {
		at := i % len(s.Spaces)
		for range maxTries {
			if s.try(s.Spaces[at], sequences[at].next()) != nil {
				break
			}
		}
	}
}

// neighbours adds settings close to the best, in turn.
func (s *search) neighbours(best []*Candidate, n int, width float64) []*Candidate {
	var centres, made []*Candidate
	for _, c := range best {
		if c.at != nil {
			centres = append(centres, c)
		}
	}
	for i := 0; i < n && len(centres) > 0; i++ {
		centre := centres[i%len(centres)]
		space := s.space(centre.Contestant)
		for range maxTries {
			if c := s.try(space, space.near(centre.at, width, s.rand)); c != nil {
				made = append(made, c)
				break
			}
		}
	}
	return made
}

// measure evaluates what the candidates lack of the seeds.
func (f *Found) measure(ctx context.Context, round string, all []*Candidate, seeds []int) error {
	var jobs []Job
	for _, c := range all {
		var missing []int
		for _, s := range seeds {
			if _, ok := c.Results[s]; !ok {
				missing = append(missing, s)
			}
		}
		if len(missing) > 0 {
			jobs = append(jobs, Job{c, missing})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	return f.Evaluator.Evaluate(ctx, round, jobs)
}

// sort brings the best to the front, by the seeds of the round.
func (s *search) sort(all []*Candidate) {
	slices.SortFunc(all, func(a, b *Candidate) int { return s.Prefer.before(a, b, s.Seeds) })
}

// survivors are the best third, the best of each contestant, what is best by another preference, so that the front has its ends, and
// the baselines. all is sorted, and what is returned too.
func (s *search) survivors(all []*Candidate) []*Candidate {
	keep := map[*Candidate]bool{}
	for _, c := range all[:min(max((len(all)+keepOf-1)/keepOf, 3), len(all))] {
		keep[c] = true
	}
	for _, space := range s.Spaces {
		for _, c := range all {
			if c.Contestant == space.Contestant {
				keep[c] = true
				break
			}
		}
	}
	for _, p := range Preferences() {
		keep[slices.MinFunc(all, func(a, b *Candidate) int { return p.before(a, b, s.Seeds) })] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *Candidate) bool { return !keep[c] && c.Role == Searched })
}

// finalists are the best, the best of each contestant, and the baselines. all is sorted.
func (s *search) finalists(all []*Candidate, n int) {
	seen := map[string]bool{}
	for _, c := range all {
		if n > 0 || c.Role != Searched || !seen[c.Contestant] {
			s.Finalists = append(s.Finalists, c)
			n--
		}
		seen[c.Contestant] = true
	}
}

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
	// Trials is how often a setting is measured with a seed at most, all in all. See Plan for how they are spent.
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
			alive = s.survivors(alive, plan.mayStay(i+1, s.Trials-s.spent()))
			alive = append(alive, s.neighbours(alive, plan.fresh(i+1, len(alive), s.Trials-s.spent()), 0.25/float64(int(1)<<i))...)
		}
	}
	if plan.Probes > 0 {
		var err error
		if alive, err = s.simplify(ctx, alive); err != nil {
			return s.Found, err
		}
	}
	s.finalists(alive, plan)
	s.Fresh = between(len(s.Seeds)+1, len(s.Seeds)+plan.Fresh)
	s.note("the best %d with %d fresh seeds", len(s.Finalists), plan.Fresh)
	return s.Found, s.measure(ctx, "final", s.Finalists, s.Fresh)
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
	if err := f.Evaluator.Evaluate(ctx, round, jobs); err != nil {
		return err
	}
	assume(f.Candidates)
	return nil
}

// sort brings the best to the front, by the seeds of the round.
func (s *search) sort(all []*Candidate) {
	slices.SortFunc(all, func(a, b *Candidate) int { return s.Prefer.before(a, b, s.Seeds) })
}

// survivors are the best third, the best of each contestant, the baselines, and what is best by another preference, so that the front has
// its ends: of these as many as may stay. all is sorted, and what is returned too.
func (s *search) survivors(all []*Candidate, may int) []*Candidate {
	keep := s.leaders(all, kept(len(all)))
	return s.withEnds(all, keep, may)
}

// finalists are the best, the best of each contestant, the baselines, and what is best by another preference if the plan has it and there
// are trials left. all is sorted.
func (s *search) finalists(all []*Candidate, plan Plan) {
	may := 0
	if plan.Ends {
		may = plan.mayEnd(s.Trials - s.spent())
	}
	s.Finalists = s.withEnds(all, s.leaders(all, plan.Final), may)
}

// leaders are the n best, the best of each contestant, and the baselines.
func (s *search) leaders(all []*Candidate, n int) map[*Candidate]bool {
	keep, seen := map[*Candidate]bool{}, map[string]bool{}
	for i, c := range all {
		if i < n || c.Role != Searched || !seen[c.Contestant] {
			keep[c] = true
		}
		seen[c.Contestant] = true
	}
	return keep
}

// withEnds are those to keep and the best by each preference, the ends of the Pareto set, if there are no more than may be.
func (s *search) withEnds(all []*Candidate, keep map[*Candidate]bool, may int) []*Candidate {
	for _, p := range Preferences() {
		best := slices.MinFunc(all, func(a, b *Candidate) int { return p.before(a, b, s.Seeds) })
		if len(keep) < may {
			keep[best] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *Candidate) bool { return !keep[c] })
}

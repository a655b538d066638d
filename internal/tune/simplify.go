package tune

import (
	"context"
	"maps"
	"slices"
)

// simplify makes a setting of the best that differs less from what was there before: every parameter whose value does not matter gets
// the baseline's. Nobody should set seven parameters where two of them do the work, and a value that came about by chance looks like one
// that was found. The simple setting goes before the best if it is within worth of it, by all seeds of the search. all is sorted.
func (s *search) simplify(ctx context.Context, all []*Candidate) ([]*Candidate, error) {
	best, base := all[0], s.baseline(all[0].Contestant)
	space := s.space(best.Contestant)
	if best.Role != Searched || base == nil || space == nil {
		return all, nil
	}
	var singles []*Candidate
	var dims []Dim
	for _, d := range space.Dims {
		if value := base.Value(d); value != best.Value(d) {
			if c := s.variant(space, best.Setting, d, value); c != nil {
				singles, dims = append(singles, c), append(dims, d)
			}
		}
	}
	s.note("which of %d values matter: each as it was before", len(singles))
	if err := s.measure(ctx, "simpler-1", singles, s.Seeds[:min(s.plan().Shown, len(s.Seeds))]); err != nil {
		return all, err
	}
	set := best.Setting
	set.With = maps.Clone(set.With)
	n := 0
	for i, c := range singles {
		if s.within(c, best, worth) {
			set.set(dims[i], base.Value(dims[i]))
			n++
		}
	}
	if n == 0 || !space.allowed(set) {
		return all, nil
	}
	simple := s.candidate(set)
	if err := s.measure(ctx, "simpler-2", []*Candidate{simple}, s.Seeds); err != nil {
		return all, err
	}
	if !s.within(simple, best, worth) {
		return all, nil
	}
	all = slices.DeleteFunc(slices.Clone(all), func(c *Candidate) bool { return c == simple })
	return append([]*Candidate{simple}, all...), nil
}

// baseline is what a setting is compared with: the scenario's, or else the default.
func (f *Found) baseline(contestant string) *Candidate {
	for _, role := range []Role{Current, Default} {
		for _, c := range f.Candidates {
			if c.Role == role && c.Contestant == contestant {
				return c
			}
		}
	}
	return nil
}

// variant is a setting with another value of one parameter; nil: its values do not go together.
func (f *Found) variant(space *Space, of Setting, d Dim, value string) *Candidate {
	if of.With = maps.Clone(of.With); of.With == nil {
		of.With = map[string]string{}
	}
	of.set(d, value)
	if !space.allowed(of) {
		return nil
	}
	return f.candidate(of)
}

// candidate is the one with this setting, a new one if there is none.
func (f *Found) candidate(set Setting) *Candidate {
	for _, c := range f.Candidates {
		if c.key() == set.key() {
			return c
		}
	}
	c := &Candidate{Setting: set}
	f.add(c)
	return c
}

package faultserver

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Rules returns the rules as they are now.
func (s *Server) Rules() []Rule {
	now := *s.rules.Load()
	out := make([]Rule, len(now))
	for i, c := range now {
		out[i] = c.Rule
	}
	return out
}

// Counts is how often a rule was asked and acted.
type Counts struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Matched int64  `json:"matched"`          // requests that it is about
	Acted   int64  `json:"acted"`            // attempts and connections
	Shadow  int64  `json:"shadow,omitempty"` // attempts on which it would have acted
}

// Counts returns those of every rule.
func (s *Server) Counts() []Counts {
	now := *s.rules.Load()
	out := make([]Counts, len(now))
	for i, c := range now {
		out[i] = Counts{c.Name, c.kind.Name, c.matched.Load(), c.acted.Load(), c.shadows.Load()}
	}
	return out
}

// SetRules replaces all rules at once, or none if one of them is wrong. A rule that stays as it is keeps its state:
// buckets, counters and caps. Attempts under way go on with the rules they began with.
func (s *Server) SetRules(rules []Rule) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.set(rules, s.phases)
}

// set replaces rules; the caller holds s.changing.
func (s *Server) set(rules []Rule, phases []Phase) error {
	var old []*rule
	if now := s.rules.Load(); now != nil {
		old = *now
	}
	fresh := make([]*rule, 0, len(rules))
	for i, r := range rules {
		if slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Name == r.Name }) {
			return fmt.Errorf("two fault rules are called %q: rename one", r.Name)
		}
		at := slices.IndexFunc(old, func(c *rule) bool { return reflect.DeepEqual(c.Rule, r) })
		if at >= 0 && samePhases(phases, s.phases) {
			fresh = append(fresh, old[at])
			continue
		}
		c, err := s.compile(r, phases, s.env())
		if err != nil {
			return err
		}
		fresh = append(fresh, c)
	}
	s.phases = phases
	s.rules.Store(&fresh)
	s.announce()
	return nil
}

func samePhases(a, b []Phase) bool { return slices.Equal(a, b) }

// Add appends a rule.
func (s *Server) Add(r Rule) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.set(append(s.Rules(), r), s.phases)
}

// Replace puts a rule in the place of the one with the same name, with a state of its own.
func (s *Server) Replace(r Rule) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	rules := s.Rules()
	i := slices.IndexFunc(rules, func(o Rule) bool { return o.Name == r.Name })
	if i < 0 {
		return fmt.Errorf("no fault rule is called %q", r.Name)
	}
	rules[i] = r
	return s.set(rules, s.phases)
}

// Remove takes a rule out, and reports whether there was one.
func (s *Server) Remove(name string) bool {
	s.changing.Lock()
	defer s.changing.Unlock()
	rules := s.Rules()
	kept := slices.DeleteFunc(rules, func(o Rule) bool { return o.Name == name })
	if len(kept) == len(*s.rules.Load()) {
		return false
	}
	return s.set(kept, s.phases) == nil // fewer of what was right before
}

// Phases lists the phases. After StartPhase the one that was started lasts from then on, and the others never come.
func (s *Server) Phases() []Phase {
	s.changing.Lock()
	defer s.changing.Unlock()
	return slices.Clone(s.phases)
}

// StartPhase ends whatever phase it is and begins another, which lasts until the next is started. Rules keep their state.
func (s *Server) StartPhase(name string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.sinceStart(time.Now())
	phases := slices.Clone(s.phases)
	found := false
	for i := range phases {
		phases[i].From, phases[i].To = forever, forever // never
		if phases[i].Name == name {
			phases[i].From, phases[i].To = now, 0
			found = true
		}
	}
	if !found {
		return fmt.Errorf("no phase is called %q", name)
	}
	for _, c := range *s.rules.Load() {
		w, err := c.When.windows(phases)
		if err != nil {
			return err // cannot be: the names are as before
		}
		c.windows.Store(&w)
		s.recordWindows(c)
	}
	s.phases = phases
	s.announce()
	return nil
}

// Reset begins anew: the trial's time, all counters, buckets and caps, and the phases as they were planned.
func (s *Server) Reset() error {
	return s.Load(s.Rules(), s.options.Phases, s.seed.Load())
}

// Load replaces everything at once, or nothing if a rule is wrong: rules, phases, seed, and all state.
func (s *Server) Load(rules []Rule, phases []Phase, seed uint64) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	now := time.Now()
	env := s.env()
	env.Seed = seed
	fresh := make([]*rule, 0, len(rules))
	for i, r := range rules {
		if slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Name == r.Name }) {
			return fmt.Errorf("two fault rules are called %q: rename one", r.Name)
		}
		c, err := s.compile(r, phases, env)
		if err != nil {
			return err
		}
		fresh = append(fresh, c)
	}
	s.options.Phases, s.phases = phases, phases
	s.mu.Lock()
	s.seed.Store(seed)
	s.attempts = newCounter(s.attempts.most)
	s.meter = meter{}
	s.mu.Unlock()
	s.rules.Store(&fresh)
	s.Begin(now)
	return nil
}

// Elapsed is the trial's time, now.
func (s *Server) Elapsed() time.Duration { return s.sinceStart(time.Now()) }

// Stopped is closed by Stop.
func (s *Server) Stopped() <-chan struct{} { return s.stopped }

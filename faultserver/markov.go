package faultserver

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// Markov is a chain of states over the trial's time. How long each visit lasts and where it leads is a function of seed
// and rule, so every contestant meets the same.
type Markov struct {
	// States: the first is where the trial begins.
	States []MarkovState `yaml:"states" json:"states" jsonschema:"description=The first is where the trial begins."`
}

// MarkovState is one state of the chain.
type MarkovState struct {
	Name string `yaml:"name" json:"name" jsonschema:"description=Its name."`
	// Act is the chance per attempt, by identity. Zero: none.
	Act units.Share `yaml:"act,omitempty" json:"act,omitempty" jsonschema:"description=Chance to act on an attempt. Left out: none."`
	// Dwell is the mean of the exponentially distributed length of a visit.
	Dwell units.Duration `yaml:"dwell" json:"dwell" jsonschema:"description=Mean length of a visit. Exponentially distributed."`
	// Next maps names of states to their chances; they must add up to 100 %. Empty: the next in the list, and the first
	// after the last.
	Next map[string]string `yaml:"next,omitempty" json:"next,omitempty" jsonschema:"description=Where a visit leads: names of states and their chances which add up to 100%. Left out: the next in the list."`
}

type markov struct {
	states []MarkovState
	next   [][]float64 // chances by index
	seed   uint64

	mu    sync.Mutex
	step  uint64
	state int
	until time.Duration // of the visit
}

func newMarkov(m Markov, seed uint64) (*markov, error) {
	c := &markov{states: m.States, seed: seed}
	index := map[string]int{}
	for i, s := range m.States {
		if _, twice := index[s.Name]; twice {
			return nil, faults.Wrong("markov.states", "two states are called %s: rename one", s.Name)
		}
		if s.Dwell < units.Duration(time.Millisecond) {
			return nil, faults.Wrong("markov.states", "state %s needs a dwell of at least 1ms", s.Name)
		}
		index[s.Name] = i
	}
	if len(m.States) < 2 {
		return nil, faults.Wrong("markov.states", "a chain needs at least two states")
	}
	for i, s := range m.States {
		row := make([]float64, len(m.States))
		if len(s.Next) == 0 {
			row[(i+1)%len(row)] = 1
		}
		sum := 0.0
		for _, name := range slices.Sorted(maps.Keys(s.Next)) {
			to, ok := index[name]
			p, err := units.ParseShare(s.Next[name])
			if !ok || err != nil {
				return nil, faults.Wrong("markov.states", "state %s: next has %s: %s, which is no state and its share", s.Name, name, s.Next[name])
			}
			row[to] = float64(p)
			sum += float64(p)
		}
		if len(s.Next) > 0 && math.Abs(sum-1) > 1e-6 {
			return nil, faults.Wrong("markov.states", "state %s: the chances of next add up to %s, not to 100%%", s.Name, units.Share(sum))
		}
		c.next = append(c.next, row)
	}
	c.until = c.visit()
	return c, nil
}

// visit draws how long a visit of the present state lasts.
func (c *markov) visit() time.Duration {
	d := -math.Log1p(-timeDice(c.seed, 2*c.step)) * float64(c.states[c.state].Dwell)
	return time.Duration(max(d, float64(time.Millisecond)))
}

func (c *markov) holds(at time.Duration, _ *faults.Exchange, roll func(byte) float64) bool {
	p := c.at(at).Act
	return p > 0 && roll(4) < float64(p)
}

// at goes on to the state that a moment is in.
func (c *markov) at(at time.Duration) MarkovState {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at >= c.until {
		u := timeDice(c.seed, 2*c.step+1)
		c.step++
		for i, p := range c.next[c.state] {
			if u -= p; u < 0 && p > 0 {
				c.state = i
				break
			}
		}
		c.until += c.visit()
	}
	return c.states[c.state]
}

package tune

import (
	"fmt"
	"math"
	"strings"
)

// Preference is what a user cares about. The value of a setting with one seed is
//
//	speed^Speed × amplification^−Amplification × (1 s + recovery)^−Recovery × (1 − lost)^10
//
// and over several seeds the geometric mean of that; Value is its logarithm. So a setting that is better by 0.05 in Value is better by
// 5 %, whatever the unit. A setting that loses uploads, or gets nothing through with a seed, never goes before one that does neither.
type Preference struct {
	Name                           string
	Speed, Amplification, Recovery float64
	Summary                        string
}

// Preferences lists all of them, the default first.
func Preferences() []Preference {
	return []Preference{
		{"balanced", 1, 0.5, 0.25, "goodput first; 10 % more requests weigh as much as 5 % of goodput"},
		{"goodput", 1, 0.1, 0.1, "goodput, with little regard for what the server pays"},
		{"gentle", 0.25, 1, 0.1, "few requests beyond the necessary"},
		{"recovery", 0.25, 0.25, 1, "back soon after the trouble"},
	}
}

// PreferenceOf returns the preference of that name.
func PreferenceOf(name string) (Preference, error) {
	var names []string
	for _, p := range Preferences() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preference{}, fmt.Errorf("there is no preference %q: write one of %s", name, strings.Join(names, ", "))
}

// Formula prints what the preference goes by.
func (p Preference) Formula() string {
	return fmt.Sprintf("speed^%g × amplification^−%g × (1 s + recovery)^−%g × (1 − lost)^%d", p.Speed, p.Amplification, p.Recovery, lossWeight)
}

// lossWeight is how many times more a lost upload weighs than one that is late.
const lossWeight = 10

// worst stands for the logarithm of nothing.
const worst = -50

// Value is the logarithm of a result's value. It is never below worst.
func (p Preference) Value(r Result) float64 {
	lost := r.lost()
	if lost >= 1 {
		return worst
	}
	v := lossWeight * math.Log(1-lost)
	if r.Speed > 0 {
		v += p.Speed * math.Log(r.Speed)
	} else {
		return worst
	}
	if r.Amplification > 0 {
		v -= p.Amplification * math.Log(r.Amplification)
	}
	if s := r.recovery(); s > 0 {
		v -= p.Recovery * math.Log1p(s)
	}
	return max(v, worst)
}

// mean is a candidate's value over the given seeds, of which it may lack some.
func (p Preference) mean(c *Candidate, seeds []int) float64 {
	sum, n := 0.0, 0
	for _, s := range seeds {
		if r, ok := c.Results[s]; ok {
			sum += p.Value(r)
			n++
		}
	}
	if n == 0 {
		return worst
	}
	return sum / float64(n)
}

// before reports whether a goes before b with these seeds: what loses nothing, and gets something through, first, then by value, then what was there first.
func (p Preference) before(a, b *Candidate, seeds []int) int {
	if la, lb := a.loses(seeds), b.loses(seeds); la != lb {
		if la {
			return 1
		}
		return -1
	}
	switch va, vb := p.mean(a, seeds), p.mean(b, seeds); {
	case va > vb:
		return -1
	case va < vb:
		return 1
	}
	return a.ID - b.ID
}

package tune

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
)

// of is a setting with these speeds with the fresh seeds, one after the other.
func of(speeds ...float64) *Candidate {
	c := &Candidate{Results: map[int]Result{}}
	for i, s := range speeds {
		c.Results[i+1] = Result{Speed: s, Amplification: 1, RecoveryS: -1, Objects: 1}
	}
	return c
}

// Two lucky seeds, and differences that are all the same, prove nothing.
func TestFewSeedsProveNothing(t *testing.T) {
	f := &Found{Config: Config{Prefer: Preferences()[0]}, Fresh: []int{1, 2, 3, 4, 5, 6}}
	best := of(1, 1, 1, 1, 1, 1)
	for _, c := range []struct {
		name string
		c    *Candidate
		want bool
	}{
		{"two seeds that are the same", of(1, 1), false},
		{"three seeds that are the same", of(1, 1, 1), false},
		{"two seeds that are the same step behind", of(0.5, 0.5), false},
		{"six seeds that are the same step behind", of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), false},
		{"four seeds without any difference", of(1, 1, 1, 1), true},
		{"six seeds that are clearly behind", of(0.5, 0.51, 0.5, 0.5, 0.49, 0.5), true},
		{"six seeds, and one of them is", of(1, 1, 1, 1, 1, 0.2), false},
	} {
		if got := f.sure(c.c, best, asGood); got != c.want {
			t.Errorf("%s: sure is %v", c.name, got)
		}
	}
	e := f.evidence([]*Candidate{best, of(1, 1)}, best)
	if e.Unsure != 1 || !strings.Contains(e.String(), "too few seeds") {
		t.Errorf("%+v: %s", e, e)
	}
}

// What is said of all settings that do as well rests on those with enough seeds.
func TestRangeOfAllNeedsSeeds(t *testing.T) {
	f, a := searched(t, &made{seed: 1, noise: 0.005, speed: level}, 300)
	for _, fl := range a.Flat {
		if fl.Near > 1 && fl.NearBy.Fewest < enough {
			t.Errorf("%s: %d settings do as well by %s", fl.Name, fl.Near, fl.NearBy)
		}
	}
	if len(f.Candidates) == 0 {
		t.Error("nothing was measured")
	}
}

// After two or three values nobody says what matters.
func TestFewValues(t *testing.T) {
	number := Dim{Param: contestants.Param{Search: contestants.Range{Scale: contestants.Log}}}
	choice := Dim{Param: contestants.Param{Search: contestants.Range{Scale: contestants.OneOf, Choices: []string{"none", "full", "equal"}}}}
	sure, unsure := Evidence{Fewest: 4, Most: 4}, Evidence{Fewest: 2, Most: 2, Unsure: 1}
	for _, c := range []struct {
		f    Flatness
		want string
	}{
		{Flatness{Dim: number, Set: "12", From: "12", To: "12", Below: "3", Tried: 2, By: sure}, "12 does as well, 3 does not; nothing else was tried (2 values, 4 seeds)"},
		{Flatness{Dim: number, Set: "12", From: "12", To: "12", Below: "3", Above: "20", Tried: 3, By: unsure},
			"12 seems to do as well, 3 and 20 do not; nothing else was tried (3 values, 2 seeds, 1 too close to 5 % or with too few seeds to be sure of)"},
		{Flatness{Dim: number, Set: "12", From: "3", To: "12", Tried: 2, By: unsure},
			"3 and 12 seem to do as well; nothing else was tried (2 values, 2 seeds, 1 too close to 5 % or with too few seeds to be sure of)"},
		{Flatness{Dim: number, Set: "12", From: "12", To: "12", Below: "6", Tried: 3, By: sure}, "12 does as well, 6 does not (3 values, 4 seeds)"},
		{Flatness{Dim: number, Set: "12", From: "12", To: "12", Below: "6", Tried: 4, By: sure}, "matters: only 12 does so well, 6 does not (4 values, 4 seeds)"},
		{Flatness{Dim: choice, Set: "none", Alone: []string{"none"}, Worse: []string{"full"}, Tried: 2, By: sure}, "none does as well, full does not; nothing else was tried (2 values, 4 seeds)"},
		{Flatness{Dim: choice, Set: "none", Alone: []string{"none"}, Worse: []string{"full", "equal"}, Tried: 3, By: sure}, "matters: only none does so well (3 values, 4 seeds)"},
	} {
		if got := c.f.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Either will do only where the difference is small for sure.
func TestEitherWillDo(t *testing.T) {
	for _, c := range []struct {
		i    Interval
		want string
	}{
		{Interval{0.003, -0.002, 0.01}, "either will do"},
		{Interval{0.037, -0.083, 0.22}, "these seeds do not tell which is better"},
		{Interval{0.01, -0.01, 0.06}, "these seeds do not tell which is better"},
		{Interval{0, -unknown, unknown}, "these seeds do not tell which is better"},
	} {
		r := &Report{RunnerUp: &VersusView{Name: "other", Advantage: c.i}}
		if got := strings.Join(r.sure(), " "); !strings.Contains(got, c.want) {
			t.Errorf("%v: %q", c.i, got)
		}
	}
}

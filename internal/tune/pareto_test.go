package tune

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func candidates(t *rapid.T) []*Candidate {
	n := rapid.IntRange(1, 20).Draw(t, "candidates")
	var all []*Candidate
	for i := range n {
		c := &Candidate{ID: i + 1, Results: map[int]Result{}}
		for s := 1; s <= 3; s++ {
			c.Results[s] = Result{
				Speed: rapid.Float64Range(0, 4).Draw(t, "speed"), Amplification: rapid.Float64Range(1, 2).Draw(t, "amplification"),
				RecoveryS: rapid.Float64Range(-1, 3).Draw(t, "recovery"), Objects: 4, Failed: rapid.IntRange(0, 1).Draw(t, "failed"),
			}
		}
		all = append(all, c)
	}
	return all
}

// Nobody in the front dominates another of it, and whoever is not in it is dominated by somebody who is, or the same as one.
func TestFront(t *testing.T) {
	seeds := []int{1, 2, 3}
	rapid.Check(t, func(t *rapid.T) {
		all := candidates(t)
		kept := front(all, seeds)
		if len(kept) == 0 {
			t.Fatal("the front is empty")
		}
		for _, c := range all {
			p := pointOf(c, seeds)
			beaten := slices.ContainsFunc(kept, func(o *Candidate) bool { return pointOf(o, seeds).dominates(p) })
			same := slices.ContainsFunc(kept, func(o *Candidate) bool { return o != c && pointOf(o, seeds) == p })
			if slices.Contains(kept, c) && (beaten || same) {
				t.Fatalf("candidate %d is in the front and beaten", c.ID)
			}
			if !slices.Contains(kept, c) && !beaten && !same {
				t.Fatalf("candidate %d is not in the front and nobody beats it", c.ID)
			}
		}
	})
}

// The best by any preference is in the front, or as good as one that is: no preference asks for less of anything.
func TestPreferenceAndFront(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Preferences()[rapid.IntRange(0, 3).Draw(t, "preference")]
		a := Result{Speed: rapid.Float64Range(0.1, 9).Draw(t, "speed"), Amplification: rapid.Float64Range(1, 3).Draw(t, "a"),
			RecoveryS: rapid.Float64Range(0, 9).Draw(t, "r"), Objects: 10, Failed: rapid.IntRange(0, 9).Draw(t, "failed")}
		b := a
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			b.Speed *= 1.1
		case 1:
			b.Amplification *= 0.9
		case 2:
			b.RecoveryS *= 0.5
		case 3:
			b.Failed = max(b.Failed-1, 0)
		}
		if p.Value(b) < p.Value(a) {
			t.Fatalf("%s: %+v is worth %v, and %+v less: %v", p.Name, a, p.Value(a), b, p.Value(b))
		}
	})
}

func TestValue(t *testing.T) {
	p := Preferences()[0]
	for _, tt := range []struct {
		name string
		r    Result
		want float64
	}{
		{"speed", Result{Speed: math.E, Amplification: 1, RecoveryS: -1, Objects: 1}, 1},
		{"amplification", Result{Speed: 1, Amplification: math.E, RecoveryS: -1, Objects: 1}, -0.5},
		{"recovery", Result{Speed: 1, Amplification: 1, RecoveryS: math.E - 1, Objects: 1}, -0.25},
		{"half is lost", Result{Speed: 1, Amplification: 1, Objects: 2, Failed: 1}, 10 * math.Log(0.5)},
		{"all is lost", Result{Speed: 1, Objects: 2, Failed: 2}, worst},
		{"a trial broke", Result{Speed: 1, Objects: 2, Problem: "broken"}, worst},
		{"nothing", Result{}, worst},
	} {
		if got := p.Value(tt.r); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Three seeds whose differences are -1, 0 and 1. The means of resamples are -1 in one of 27, and 1 as often, which is more than 2.5 % on
// either side. Student's t with two degrees of freedom is 4.303, so they are widened by 4.303 ÷ 1.960 · √(3/2) = 2.689.
func TestAdvantageOfFewSeeds(t *testing.T) {
	p := Preferences()[0]
	a, b := &Candidate{Results: map[int]Result{}}, &Candidate{Results: map[int]Result{}}
	for seed, by := range []float64{-1, 0, 1} {
		a.Results[seed] = Result{Speed: math.Exp(by), Amplification: 1, RecoveryS: -1, Objects: 1}
		b.Results[seed] = Result{Speed: 1, Amplification: 1, RecoveryS: -1, Objects: 1}
	}
	got := p.advantage(a, b, []int{0, 1, 2}, 1)
	for name, v := range map[string][2]float64{
		"value": {math.Log1p(got.Value), 0}, "low": {math.Log1p(got.Low), -2.689}, "high": {math.Log1p(got.High), 2.689},
	} {
		if math.Abs(v[0]-v[1]) > 0.001 {
			t.Errorf("%s: %v, want %v", name, v[0], v[1])
		}
	}
	if got := p.advantage(a, b, []int{0, 1}, 1); got.Low != -1 || got.High != unknown {
		t.Errorf("of two seeds: %+v", got)
	}
}

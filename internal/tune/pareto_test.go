package tune

import (
	"math"
	"math/rand/v2"
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

// The interval of normal values covers their mean in about 95 of 100 cases, of few values too.
func TestMeanCovers(t *testing.T) {
	if searches < 100 {
		t.Skip("numbers alone")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{6, 12} {
		covered := 0
		for range 400 {
			values := make([]float64, n)
			for i := range values {
				values[i] = 3 + r.NormFloat64()
			}
			if i := mean(values, 1); i.Low <= 3 && 3 <= i.High {
				covered++
			}
		}
		if covered < 400*91/100 || covered > 400*99/100 {
			t.Errorf("of %d values it covers the mean in %d of 400", n, covered)
		}
	}
	if i := mean([]float64{math.Inf(-1), 0, 0}, 1).of(math.Exp); i.Value != 0 || i.Low != 0 || i.High != 1 {
		t.Errorf("a speed of nothing: %+v, want 0 from 0 to 1", i)
	}
	if i := mean([]float64{1, 2}, 1).of(math.Exp); i.High != unknown || i.Low != 0 {
		t.Errorf("of two values: %+v, want no interval", i)
	}
}

// A recovery that is not known is no recovery at once: it counts as the slowest of the others, and keeps the setting off the front.
func TestUnknownRecovery(t *testing.T) {
	known, slow, quitter := &Candidate{ID: 1}, &Candidate{ID: 2}, &Candidate{ID: 3}
	result := func(recovery float64) Result {
		return Result{Speed: 10, Amplification: 1, RecoveryS: recovery, Objects: 4}
	}
	known.Results = map[int]Result{1: result(1), 2: result(-1)}
	slow.Results = map[int]Result{1: result(5), 2: result(-1)}
	quitter.Results = map[int]Result{1: result(-1), 2: result(-1)}
	all := []*Candidate{known, slow, quitter}
	assume(all)
	assume(all) // again is the same
	p := Preferences()[3]
	if q, s := p.Value(quitter.Results[1]), p.Value(slow.Results[1]); q != s {
		t.Errorf("an unknown recovery is worth %v, the slowest %v", q, s)
	}
	if a, b := p.Value(quitter.Results[2]), p.Value(known.Results[2]); a != b || quitter.Results[2].AssumedS != nil {
		t.Error("where nobody has a recovery, something was assumed")
	}
	if kept := front(all, []int{1, 2}); !slices.Equal(kept, all[:1]) {
		t.Errorf("the front has %d, want the one whose recovery is known and short", len(kept))
	}
	if kept := front(all[2:], []int{1, 2}); len(kept) != 1 {
		t.Error("where nothing is known the front is empty")
	}
	sum := quitter.Sum([]int{1, 2})
	if row := (Row{Summary: sum}); sum.RecoveryS != nil || sum.Guessed != 1 || row.recovery() != "unknown" {
		t.Errorf("it is summed up as %+v, %q", sum, row.recovery())
	}
	quitter.Results[3] = result(0)
	if row := (Row{Summary: quitter.Sum([]int{1, 2, 3})}); row.recovery() != "0.0 s in 1 of 2" {
		t.Errorf("half known: %q", row.recovery())
	}
}

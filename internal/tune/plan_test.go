package tune

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// However large the spaces are, no more is spent than was given, if that is enough for a search at all.
func TestNeverOverspends(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &made{seed: rapid.Uint64Range(0, 99).Draw(rt, "seed"), noise: 0.05, speed: hill}
		spaces, base := []*Space{testSpace()}, defaults()
		spaces[0].Dims = spaces[0].Dims[:rapid.IntRange(1, 3).Draw(rt, "dims")]
		if rapid.Bool().Draw(rt, "two contestants") {
			other := testSpace()
			other.Contestant = "other"
			spaces = append(spaces, other)
			base = append(base, &Candidate{Name: "other", Role: Default, Setting: Setting{Contestant: "other"}})
		}
		if rapid.Bool().Draw(rt, "set") {
			base = append(base, &Candidate{Name: "set", Role: Current, Setting: Setting{Contestant: "made", With: map[string]string{"base": "1s"}}})
		}
		least := LeastTrials(spaces, len(base))
		trials := rapid.IntRange(least, 500).Draw(rt, "trials")
		f, err := Search(t.Context(), Config{Spaces: spaces, Baselines: base, Prefer: Preferences()[0], Evaluator: m, Trials: trials, Seed: m.seed})
		if err == nil {
			_, err = f.Advise(t.Context())
		}
		if err != nil {
			rt.Fatal(err)
		}
		if m.runs > trials || m.runs != f.spent() {
			rt.Fatalf("%d of %d trials were spent, by its own count %d", m.runs, trials, f.spent())
		}
	})
	for baselines, want := range map[int]int{1: 50, 2: 60} {
		if n := LeastTrials([]*Space{testSpace()}, baselines); n != want {
			t.Errorf("the least search with %d baselines takes %d trials, want %d", baselines, n, want)
		}
	}
}

// What is best by another preference is in the final too, so that the Pareto set has its ends.
func TestEndsAreFinalists(t *testing.T) {
	costly := evaluate(func(s Setting, _ int) Result {
		base, attempts := numbers(s)
		return Result{Speed: attempts * (1 + base), Amplification: 1 + attempts/5, RecoveryS: base, Objects: 4}
	})
	for seed := range uint64(10) {
		f, err := Search(t.Context(), Config{Spaces: []*Space{testSpace()}, Baselines: defaults(), Prefer: Preferences()[0], Evaluator: costly, Trials: 500, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Preferences() {
			for _, c := range f.Candidates {
				if len(c.Results) < len(f.Seeds) {
					continue
				}
				if !slices.ContainsFunc(f.Finalists, func(o *Candidate) bool { return p.before(o, c, f.Seeds) <= 0 }) {
					t.Errorf("seed %d: %s is better by %s than all finalists", seed, c.Name, p.Name)
				}
			}
		}
	}
}

// evaluate is an evaluator of a function.
type evaluate func(s Setting, seed int) Result

// Evaluate implements Evaluator.
func (e evaluate) Evaluate(_ context.Context, _ string, jobs []Job) error {
	for _, j := range jobs {
		for _, s := range j.Seeds {
			j.Results[s] = e(j.Setting, s)
		}
	}
	return nil
}

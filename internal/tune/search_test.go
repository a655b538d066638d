package tune

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
)

// made is an evaluator of a made-up service: speed says what a setting is worth, noise how far a seed is off.
type made struct {
	seed  uint64
	noise float64
	speed func(base, attempts float64) float64
	lose  func(base, attempts float64) bool
	runs  int
}

// Evaluate implements Evaluator. A part of the noise belongs to the seed, so that pairing pays, and a part to both.
func (m *made) Evaluate(_ context.Context, _ string, jobs []Job) error {
	for _, j := range jobs {
		for _, s := range j.Seeds {
			m.runs++
			base, attempts := numbers(j.Setting)
			shared := rand.New(rand.NewPCG(m.seed, uint64(s))).NormFloat64()
			r := rand.New(rand.NewPCG(m.seed+uint64(s)<<20, uint64(base*1e6)^uint64(attempts*1e3)^uint64(len(j.key()))))
			v := m.speed(base, attempts) * math.Exp(m.noise*(shared+r.NormFloat64()))
			result := Result{Speed: v, Amplification: 1, RecoveryS: -1, Objects: 4}
			if m.lose != nil && m.lose(base, attempts) {
				result.Failed = 1
			}
			j.Results[s] = result
		}
	}
	return nil
}

func numbers(s Setting) (base, attempts float64) {
	d := testSpace().Dims
	base, _ = d[0].Number(s.Value(d[0]))
	attempts, _ = d[1].Number(s.Value(d[1]))
	return base, attempts
}

func testSpace() *Space {
	return &Space{Contestant: "made", Dims: []Dim{
		{Param: contestants.Param{Name: "base", Type: contestants.TypeDuration, Default: "100ms",
			Search: contestants.Range{Scale: contestants.Log, Low: "10ms", High: "10s"}}},
		{Param: contestants.Param{Name: "attempts", Type: contestants.TypeCount, Default: "5", Min: 1,
			Search: contestants.Range{Scale: contestants.Log, Low: "2", High: "30"}}},
		{Param: contestants.Param{Name: "jitter", Type: contestants.TypeChoice, Default: "none", Choices: []string{"none", "full"},
			Search: contestants.Range{Scale: contestants.OneOf, Choices: []string{"none", "full"}}}},
	}}
}

func defaults() []*Candidate {
	return []*Candidate{{Name: "made", Role: Default, Setting: Setting{Contestant: "made"}}}
}

// hill is 1 at base 700 ms and 12 attempts and falls off to all sides.
func hill(base, attempts float64) float64 {
	x, y := math.Log(base/0.7)/math.Log(1000), math.Log(attempts/12)/math.Log(15)
	return math.Exp(-6*x*x - 3*y*y)
}

func level(base, attempts float64) float64 { return 1 }

func searched(t *testing.T, m *made, trials int) (*Found, *Advice) {
	t.Helper()
	f, err := Search(t.Context(), Config{
		Spaces: []*Space{testSpace()}, Baselines: defaults(), Prefer: Preferences()[0], Evaluator: m, Trials: trials, Seed: m.seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := f.Advise(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f, a
}

// A known optimum is found within 5 % in at least 95 of 100 seeds, with a noise of 5 %, and it is said to be better than the default, which
// is 23 % worse.
func TestSearchFinds(t *testing.T) {
	found, shown := 0, 0
	for seed := range uint64(searches) {
		_, a := searched(t, &made{seed: seed, noise: 0.05, speed: hill}, 500)
		if v := hill(numbers(a.Recommended.Setting)); v >= 0.95 {
			found++
		}
		if !a.Kept && len(a.Baselines) == 1 && a.Baselines[0].Shown() {
			shown++
		}
	}
	t.Logf("within 5 %% of the optimum in %d of %d; shown to be better than the default in %d", found, searches, shown)
	if found < searches*95/100 || shown < searches*95/100 {
		t.Errorf("within 5 %% of the optimum in %d of %d; shown to be better than the default in %d", found, searches, shown)
	}
}

// Where nothing matters, nothing is better than the default, whatever the noise.
func TestSearchNoise(t *testing.T) {
	for _, trials := range []int{80, 300} {
		kept := 0
		for seed := range uint64(searches) {
			_, a := searched(t, &made{seed: seed, noise: 0.05, speed: level}, trials)
			if a.Kept && a.Recommended.Role == Default {
				kept++
			}
		}
		t.Logf("%d trials: no better than the default in %d of %d", trials, kept, searches)
		if kept < searches*90/100 {
			t.Errorf("%d trials: no better than the default in %d of %d, want 90 %%", trials, kept, searches)
		}
	}
}

// What loses uploads is never recommended while something does not, however fast it is.
func TestNeverLoses(t *testing.T) {
	faster := func(base, attempts float64) float64 { return 10 / attempts }
	for seed := range uint64(searches / 5) {
		_, a := searched(t, &made{seed: seed, noise: 0.02, speed: faster, lose: func(_, attempts float64) bool { return attempts < 8 }}, 150)
		if _, attempts := numbers(a.Recommended.Setting); attempts < 8 || a.Kept {
			t.Errorf("seed %d: recommended %v", seed, a.Recommended.Setting)
		}
		if b := a.Baselines[0]; !b.Loses || !b.Shown() {
			t.Errorf("seed %d: the default loses uploads, and that is not told: %+v", seed, b)
		}
	}
	f, a := searched(t, &made{speed: hill, lose: func(float64, float64) bool { return true }}, 150)
	if a.Recommended == nil || !a.Recommended.loses(f.all()) {
		t.Error("where all lose uploads, none is recommended")
	}
}

func TestNothing(t *testing.T) {
	m := &made{speed: func(float64, float64) float64 { return 0 }}
	f, err := Search(t.Context(), Config{Spaces: []*Space{testSpace()}, Baselines: defaults(), Prefer: Preferences()[0], Evaluator: m, Trials: 60})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Advise(t.Context()); err != ErrNothing {
		t.Errorf("nothing got through: %v", err)
	}
}

// The same seed tries the same settings; another tries others. No more trials are spent than were given, and most of them.
func TestSearchRepeats(t *testing.T) {
	for _, trials := range []int{60, 150, 300, 1000} {
		m := &made{seed: 7, noise: 0.05, speed: hill}
		f, a := searched(t, m, trials)
		g, b := searched(t, &made{seed: 7, noise: 0.05, speed: hill}, trials)
		if !reflect.DeepEqual(f.Candidates, g.Candidates) || a.Recommended.Setting.key() != b.Recommended.Setting.key() || a.Wins != b.Wins {
			t.Errorf("%d trials: the same seed gave something else", trials)
		}
		h, _ := searched(t, &made{seed: 8, noise: 0.05, speed: hill}, trials)
		if reflect.DeepEqual(f.Candidates[2].Setting, h.Candidates[2].Setting) {
			t.Errorf("%d trials: another seed gave the same settings", trials)
		}
		t.Logf("%d trials: %d were spent", trials, m.runs)
		if m.runs > trials || float64(m.runs) < 0.7*float64(trials) {
			t.Errorf("%d trials were spent of %d", m.runs, trials)
		}
	}
}

// Values that do not go together are passed over, and a space of few settings is searched to its end.
func TestSearchSmall(t *testing.T) {
	s := testSpace()
	s.Dims = s.Dims[2:]
	m := &made{speed: level}
	f, err := Search(t.Context(), Config{Spaces: []*Space{s}, Prefer: Preferences()[0], Evaluator: m, Trials: 60})
	if err != nil || len(f.Candidates) != 2 {
		t.Errorf("a choice of two has %d candidates: %v", len(f.Candidates), err)
	}
	s = testSpace()
	s.Check = func(set Setting) error {
		if base, _ := numbers(set); base > 1 {
			return fmt.Errorf("too long")
		}
		return nil
	}
	f, err = Search(t.Context(), Config{Spaces: []*Space{s}, Baselines: defaults(), Prefer: Preferences()[0], Evaluator: m, Trials: 100})
	if err != nil || f.Invalid == 0 {
		t.Errorf("%v; %d points were passed over", err, f.Invalid)
	}
	for _, c := range f.Candidates {
		if base, _ := numbers(c.Setting); base > 1 {
			t.Errorf("%v was measured", c.Setting)
		}
	}
	if _, err := Search(t.Context(), Config{Spaces: []*Space{{Contestant: "none"}}}); err == nil {
		t.Error("a space without a dimension was searched")
	}
}

func TestConfirm(t *testing.T) {
	f, a := searched(t, &made{seed: 3, noise: 0.02, speed: hill}, 300)
	confirm := func(speed func(base, attempts float64) float64, noise float64, lose func(base, attempts float64) bool) *Confirmation {
		c, err := f.Confirm(t.Context(), a, &made{seed: 99, noise: noise, speed: speed, lose: lose}, 6, "real")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := confirm(hill, 0.02, nil); c.Verdict != Agrees || math.Abs(c.Speed.Value) > 0.1 {
		t.Errorf("the same again: %+v", c)
	}
	if c := confirm(func(b, n float64) float64 { return 1 / hill(b, n) }, 0.02, nil); c.Verdict != Contradicts {
		t.Errorf("the opposite: %+v", c)
	}
	if c := confirm(hill, 0.6, nil); c.Verdict != Open {
		t.Errorf("nothing but noise: %s, %s", c.Verdict, c.Why)
	}
	if c := confirm(hill, 0.02, func(b, _ float64) bool { return b > 0.2 }); c.Verdict != Contradicts {
		t.Errorf("it loses uploads: %s, %s", c.Verdict, c.Why)
	}
	if c := confirm(func(float64, float64) float64 { return 0 }, 0, nil); c.Verdict != Contradicts {
		t.Errorf("nothing gets through: %s, %s", c.Verdict, c.Why)
	}
}

// A parameter that does not matter is left as it was before.
func TestSimple(t *testing.T) {
	simple := 0
	for seed := range uint64(searches / 5) {
		alone := func(base, _ float64) float64 { return hill(base, 12) }
		_, a := searched(t, &made{seed: seed, noise: 0.001, speed: alone}, 400)
		if a.Kept {
			t.Errorf("seed %d: the default was kept, which is worse", seed)
		}
		if len(a.Recommended.With) == 1 && a.Recommended.With["base"] != "" {
			simple++
		}
	}
	if simple < searches*18/100 {
		t.Errorf("%d of %d recommendations set base alone", simple, searches/5)
	}
}

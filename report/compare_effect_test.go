package report

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// losers has every nth repeat lose so much of its goodput, in all cells of all contestants, and leaves the others as they are.
func losers(nth int, share float64) func(*Run) {
	return every(func(t *record.Trial) {
		if t.Repeat%nth == 0 {
			t.GoodputMiBs *= 1 - share
		}
	})
}

// What some seeds lose and no seed gains is a loss, although the median seed has lost nothing: by hand, a quarter of the seeds with half of
// their goodput come to 0.5 to the power of a quarter.
func TestCompareSomeSeedsLose(t *testing.T) {
	for _, c := range []struct {
		name    string
		repeats int
		nth     int
		share   float64
		want    float64
		verdict Verdict
	}{
		{"a quarter loses half", 60, 4, 0.5, math.Pow(0.5, 0.25) - 1, VerdictWorse},
		{"a third loses half", 60, 3, 0.5, math.Pow(0.5, 1.0/3) - 1, VerdictWorse},
		{"every second loses a third", 16, 2, 1.0 / 3, math.Sqrt(2.0/3) - 1, VerdictWorse},
		{"a quarter gains half", 60, 4, -0.5, math.Pow(1.5, 0.25) - 1, VerdictBetter},
		{"one loses nearly everything", 10, 10, 0.99, math.Pow(0.01, 0.1) - 1, VerdictInconclusive},
		{"a tenth loses a tenth", 60, 10, 0.1, math.Pow(0.9, 0.1) - 1, VerdictSame},
		{"all lose a fiftieth", 60, 1, 0.02, -0.02, VerdictSame},
		{"nothing", 60, 1, 0, 0, VerdictSame},
	} {
		k := made(c.name, sameSeeds(c.repeats), func(r *Run) { sameSeeds(c.repeats)(r); losers(c.nth, c.share)(r) }, CompareOptions{Metrics: []string{goodput}}, "")
		got := compare(t, k)
		for _, x := range []*Change{&got.Changes[0], overChange(got, "a", goodput)} {
			if x.Verdict != c.verdict || math.Abs(float64(x.Share.Value)-c.want) > 1e-9 || x.Pairs != c.repeats {
				t.Errorf("%s: %s in %d pairs, want %.4f and %s", c.name, x.Sentence(), x.Pairs, c.want, c.verdict)
			}
			if s := *x.Share; s.Low > s.Value || s.High < s.Value || c.share > 0 && s.High > 0 {
				t.Errorf("%s: %s: the interval is %v to %v, and no seed gains", c.name, x.Sentence(), s.Low, s.High)
			}
			if x.Amount.direction() != x.Share.direction() || math.Abs(x.Means.Head/x.Means.Base-1-c.want) > 1e-9 {
				t.Errorf("%s: the amount %v, the share %v, the means %v", c.name, x.Amount.Value, x.Share.Value, *x.Means)
			}
		}
	}
}

// Seeds that the change does not touch make pairs, however far the others fall: as two heaps, most of the loss would be lost in the spread.
func TestCompareUntouchedMakePairs(t *testing.T) {
	near := func(r *Run) {
		sameSeeds(60)(r)
		for i := range r.Trials {
			x := &r.Trials[i]
			x.GoodputMiBs = 50 + 0.01*float64(x.Trial)
		}
	}
	got := compare(t, made("far", near, func(r *Run) { near(r); losers(4, 0.7)(r) }, CompareOptions{}, ""))
	if k := got.Changes[0]; k.Pairs != 60 || k.Verdict != VerdictWorse {
		t.Errorf("%s in %d pairs", k.Sentence(), k.Pairs)
	}
	// Few different values are the same by chance.
	n := &question{n: numbers{base: []float64{1, 1, 2, 2}, head: []float64{1, 2, 1, 2}, paired: [][2]float64{{1, 1}, {1, 2}, {2, 1}, {2, 2}}}}
	if same, chance := n.n.ties(); same != 2 || chance != 2 || pairs([]*question{n}) {
		t.Errorf("%v ties, %v by chance", same, chance)
	}
}

// Of two heaps as well: what four trials of ten lose is not called the same, though the median and its interval do not move.
func TestCompareHeapsNotSame(t *testing.T) {
	for _, metric := range []string{goodput, "recovery"} {
		for n, want := range map[int]Verdict{0: VerdictSame, 1: VerdictInconclusive, 3: VerdictInconclusive} {
			level := every(func(x *record.Trial) {
				x.GoodputMiBs = 50 + 0.01*float64(x.Repeat)
				s := 2 + 0.01*float64(x.Repeat)
				x.RecoveryS = &s
			})
			worse := func(r *Run) {
				level(r)
				for i := range r.Trials {
					x := &r.Trials[i]
					x.Seed += 100
					if x.Repeat > 10-n {
						s := 30.0
						x.GoodputMiBs, x.RecoveryS = 10, &s
					}
				}
			}
			got := compare(t, made("heaps", level, worse, CompareOptions{Metrics: []string{metric}}, ""))
			if k := got.Changes[0]; k.Verdict != want || k.Pairs != 0 {
				t.Errorf("%s, %d of ten: %s in %d pairs, want %s", metric, n, k.Sentence(), k.Pairs, want)
			}
		}
	}
}

// A recovery that is not reached any more is no "same", in however few trials of two heaps.
func TestCompareOneNotReached(t *testing.T) {
	calm := every(func(x *record.Trial) { s := 2 + 0.001*float64(x.Trial); x.RecoveryS = &s })
	one := func(r *Run) {
		calm(r)
		for i := range r.Trials {
			r.Trials[i].Seed += 100
			r.Trials[i].RecoveryCensored = r.Trials[i].Repeat == 10
		}
	}
	got := compare(t, made("one", calm, one, CompareOptions{Metrics: []string{"recovery"}}, ""))
	if k := got.Changes[0]; k.Verdict != VerdictInconclusive {
		t.Errorf("one recovery of ten not reached: %s", k.Sentence())
	}
}

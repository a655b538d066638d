package report

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bySeedOf are cells of which the values stand in the order of their repeats.
func bySeedOf(cells ...[]float64) (of []map[seeded]sample) {
	for _, values := range cells {
		c := map[seeded]sample{}
		for i, v := range values {
			c[seeded{i + 1, uint64(i)}] = sample{value: v}
		}
		of = append(of, c)
	}
	return of
}

// The mean over cells has an interval where each cell has repeats: it holds the mean, and is the same every time. Of few repeats it is the range of what
// the seeds come to, and holds as that of a single cell: by hand, √(10 × 48) and √(12 × 40).
func TestMeanInterval(t *testing.T) {
	cells := bySeedOf([]float64{10, 11, 12}, []float64{48, 44, 40})
	mean, in := meanOf(cells)
	if again, same := meanOf(cells); *again != *mean || *same != *in {
		t.Errorf("%v and %v, then %v and %v", *mean, *in, *again, *same)
	}
	if math.Abs(*mean-22) > 1e-9 || math.Abs(in.Low-math.Sqrt(480)) > 1e-9 || math.Abs(in.High-22) > 1e-9 || in.Confidence != 0.75 {
		t.Errorf("mean %v with %+v", *mean, *in)
	}
	if _, in := meanOf(bySeedOf([]float64{10, 11}, []float64{40})); in != nil {
		t.Errorf("a cell of one repeat has the interval %+v", in)
	}
	for n, want := range map[int]float64{2: 0.5, 3: 0.75, 5: 0.9375, 6: 0.95, 20: 0.95} {
		values := drawn(rand.New(rand.NewPCG(1, 2)), 3, n, 0.5)
		if _, in := meanOf(bySeedOf(values...)); in.Confidence != want {
			t.Errorf("%d repeats hold with %v, want %v", n, in.Confidence, want)
		}
	}
	// No two cells have a seed in common.
	apart := []map[seeded]sample{{{1, 1}: {value: 1}, {2, 2}: {value: 4}}, {{3, 3}: {value: 4}, {4, 4}: {value: 16}}}
	if mean, in := meanOf(apart); math.Abs(*mean-5) > 1e-9 || in == nil || math.Abs(in.Low-2) > 1e-9 || math.Abs(in.High-8) > 1e-9 || in.Confidence != 0 {
		t.Errorf("no seed in common: %v with %+v", *mean, in)
	}
}

// drawn makes up cells whose logarithms vary by a fifth, and hang together by seed.
func drawn(rng *rand.Rand, cells, seeds int, together float64) (values [][]float64) {
	shared := make([]float64, seeds)
	for i := range shared {
		shared[i] = rng.NormFloat64()
	}
	for range cells {
		v := make([]float64, seeds)
		for i := range v {
			v[i] = math.Exp(0.2 * (math.Sqrt(together)*shared[i] + math.Sqrt(1-together)*rng.NormFloat64()))
		}
		values = append(values, v)
	}
	return values
}

// The interval of the mean holds as often as it says, however the cells hang together and however few the seeds are.
func TestMeanCoverage(t *testing.T) {
	times := 400
	if raceEnabled || testing.Short() {
		times = 100
	}
	rng := rand.New(rand.NewPCG(20261121, 5))
	for _, c := range []struct {
		cells, seeds int
		together     float64
	}{{4, 2, 0}, {4, 2, 0.8}, {12, 3, 0.8}, {4, 5, 0}, {4, 6, 0}, {12, 6, 0.8}, {4, 10, 0}, {4, 10, 0.8}, {12, 10, 0.8}, {12, 10, 0.3}} {
		held, says := 0, 0.0
		for range times {
			values := drawn(rng, c.cells, c.seeds, c.together)
			_, in := meanOf(bySeedOf(values...))
			if in.Low <= 1 && in.High >= 1 { // the median of what they are drawn from
				held++
			}
			says = in.Confidence
		}
		share := float64(held) / float64(times)
		t.Logf("%d cells, %d seeds, %.1f together: says %.1f %%, holds in %.1f %%", c.cells, c.seeds, c.together, 100*says, 100*share)
		if chance := 3 * math.Sqrt(says*(1-says)/float64(times)); share < says-chance || share > says+0.05+chance {
			t.Errorf("%d cells, %d seeds, %.1f together: says %.3f and holds in %.3f", c.cells, c.seeds, c.together, says, share)
		}
	}
}

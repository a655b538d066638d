//go:build !race

// Nothing here runs at the same time as something else, and the race detector would take minutes.

package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// grid12 makes up two sides over a grid of 12 cells.
type grid12 struct {
	runs  int     // a side
	cv    float64 // coefficient of variation of a cell's numbers
	rho   float64 // correlation between trials of the same seed
	loss  float64 // of goodput, in the first cell of the head
	whole bool    // all metrics vary; otherwise goodput alone does
	cells int     // 0: 12
	every bool    // the loss is in all cells
	// gust is the share of the variance that all cells of a repeat have in common, on its side: the machine was busy then.
	gust float64
	less int // seeds that the head lacks
}

func (g grid12) sides(rng *rand.Rand) (base, head Side) {
	m := record.Manifest{Scenario: "made-up", Clock: "real", Contestants: []string{"c"}}
	b, h := &Run{Dir: "base", Manifest: m}, &Run{Dir: "head", Manifest: m}
	vary := func(shared float64) float64 {
		return 1 + g.cv*(math.Sqrt(g.rho)*shared+math.Sqrt(1-g.rho)*rng.NormFloat64())
	}
	var gusts [2][]float64
	for i := range gusts {
		for range g.runs {
			if g.gust > 0 {
				gusts[i] = append(gusts[i], rng.NormFloat64())
			}
		}
	}
	cells := g.cells
	if cells == 0 {
		cells = 12
	}
	for cell := range cells {
		for seed := range g.runs {
			shared := [4]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
			for i, r := range []*Run{b, h} {
				if i == 1 && seed < g.less {
					continue
				}
				t := record.Trial{Contestant: "c", PartSize: int64(cell%4+1) << 20, Concurrency: cell/4 + 1, Seed: uint64(seed), Status: record.TrialOK, Objects: 10}
				t.GoodputMiBs = 100 * vary(shared[0])
				if g.gust > 0 {
					t.GoodputMiBs = 100 * (1 + g.cv*(math.Sqrt(g.gust)*gusts[i][seed]+math.Sqrt(1-g.gust)*rng.NormFloat64()))
				}
				if i == 1 && (cell == 0 || g.every) {
					t.GoodputMiBs *= 1 - g.loss
				}
				if g.whole {
					recovery := 5 * vary(shared[3])
					t.Amplification, t.P95S, t.RecoveryS = 1.5*vary(shared[1]), 2*vary(shared[2]), &recovery
					for range 6 {
						if rng.Float64() < 0.3 {
							t.Early++
						}
						if rng.Float64() < 0.03 {
							t.FailedObjects++
						}
					}
				}
				r.Trials = append(r.Trials, t)
			}
		}
	}
	return Side{Name: "base", Runs: []*Run{b}}, Side{Name: "head", Runs: []*Run{h}}
}

// simulate compares as often as times says, and returns in how many something was better or worse, in how many the
// first cell's goodput was worse, and in how many the mean of the goodput over all cells was.
func (g grid12) simulate(times int) (any, worse, over int) {
	rng := rand.New(rand.NewPCG(20261121, 6))
	for range times {
		base, head := g.sides(rng)
		c, err := Compare(base, head, CompareOptions{})
		if err != nil {
			panic(err)
		}
		if c.count(VerdictBetter)+c.count(VerdictWorse) > 0 {
			any++
		}
		if k := &c.Changes[0]; k.Verdict == VerdictWorse && k.Metric == "goodput_mib_s" {
			worse++
		}
		if k := overChange(c, "c", goodput); k != nil && k.Verdict == VerdictWorse {
			over++
		}
	}
	return any, worse, over
}

// The error holds however trials of the same seed hang together, with one cell and with twelve, with one metric and with all; and what has
// changed is found.
func TestCompareSimulated(t *testing.T) {
	times := 60
	if testing.Short() {
		times = 20
	}
	for _, c := range []struct {
		name  string
		g     grid12
		times int
	}{
		{"one cell", grid12{cells: 1}, 5 * times},
		{"one cell, about as much alike as makes pairs of them", grid12{cells: 1, rho: 0.3}, 5 * times},
		{"one cell, much alike", grid12{cells: 1, rho: 0.8}, 5 * times},
		{"one cell, much alike, and two seeds are on one side only", grid12{cells: 1, rho: 0.8, less: 2}, 5 * times},
		{"one cell, not alike, and two seeds are on one side only", grid12{cells: 1, less: 2}, 5 * times},
		{"pairs without use", grid12{}, times},
		{"pairs of some use", grid12{rho: 0.4}, times},
		{"all cells of a repeat slow at once", grid12{gust: 0.5}, times},
		{"all metrics", grid12{whole: true}, times / 2},
		{"all metrics, pairs of some use", grid12{whole: true, rho: 0.4}, times / 2},
	} {
		c.g.runs, c.g.cv = 10, 0.05
		any, _, _ := c.g.simulate(c.times)
		c.g.loss = 0.1
		_, worse, _ := c.g.simulate(c.times)
		n := float64(c.times)
		t.Logf("%s: better or worse in %.1f %%; a loss of 10 %% is found in %.1f %%", c.name, 100*float64(any)/n, 100*float64(worse)/n)
		if most := 0.05*n + 3*math.Sqrt(0.05*0.95*n); float64(any) > most { // what chance adds to 5 %
			t.Errorf("%s: better or worse in %d of %d comparisons of the same", c.name, any, c.times)
		}
		if least := 0.8*n - 3*math.Sqrt(0.8*0.2*n); float64(worse) < least {
			t.Errorf("%s: a loss of 10 %% was found in %d of %d", c.name, worse, c.times)
		}
	}
}

// A calm comparison of the same passes: counts that are zero in nearly all trials take no verdict away. Where objects are lost now and then, on both
// sides, there may be none.
func TestCompareCalm(t *testing.T) {
	const times = 100
	for _, c := range []struct {
		name string
		g    grid12
		calm bool // neither early attempts nor lost objects
		most int  // without verdict
	}{
		{"calm", grid12{whole: true}, true, 0},
		{"calm, pairs of some use", grid12{whole: true, rho: 0.4}, true, 0},
		{"one cell, objects lost now and then", grid12{whole: true, cells: 1}, false, 20},
	} {
		c.g.runs, c.g.cv = 10, 0.05
		rng := rand.New(rand.NewPCG(20261121, 7))
		count := map[string]int{}
		for range times {
			base, head := c.g.sides(rng)
			if c.calm {
				for _, s := range []Side{base, head} {
					every(func(x *record.Trial) { x.Early, x.FailedObjects = 0, 0 })(s.Runs[0])
				}
			}
			got, err := Compare(base, head, CompareOptions{})
			if err != nil {
				t.Fatal(err)
			}
			count[got.Outcome]++
		}
		t.Logf("%s: %v", c.name, count)
		if count[CompareNoVerdict] > c.most || count[CompareFailed] > 12 { // 5 %, and what chance adds to it
			t.Errorf("%s: of %d comparisons of the same %v", c.name, times, count)
		}
	}
}

// How far a verdict can be trusted: a grid of 12 cells, ten runs a side, numbers that vary by 5 % from run to run.
func ExampleCompare_simulated() {
	const comparisons = 1000
	same := grid12{runs: 10, cv: 0.05}
	any, _, _ := same.simulate(comparisons)
	fmt.Printf("nothing has changed: better or worse about any cell, or all of them, in %.1f %% of %d comparisons\n", 100*float64(any)/comparisons, comparisons)
	lost := grid12{runs: 10, cv: 0.05, loss: 0.1}
	_, worse, _ := lost.simulate(comparisons)
	fmt.Printf("one cell has lost 10 %% of its goodput: worse about that cell in %.1f %%\n", 100*float64(worse)/comparisons)
	less := grid12{runs: 10, cv: 0.05, loss: 0.07, every: true}
	_, worse, over := less.simulate(comparisons / 4)
	fmt.Printf("every cell has lost 7 %%: worse about a given cell in %.1f %%, about all cells in %.1f %%\n", 400*float64(worse)/comparisons, 400*float64(over)/comparisons)
	// Output:
	// nothing has changed: better or worse about any cell, or all of them, in 3.1 % of 1000 comparisons
	// one cell has lost 10 % of its goodput: worse about that cell in 85.1 %
	// every cell has lost 7 %: worse about a given cell in 55.2 %, about all cells in 99.6 %
}

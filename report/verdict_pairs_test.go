package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Who is faster with every seed is better, although seeds differ by so much that the intervals overlap.
func TestVerdictBySeed(t *testing.T) {
	of := func(name string, concurrency int, lost int, factors ...float64) (trials []record.Trial) {
		for i, f := range factors {
			trials = append(trials, lossy(name, concurrency, lost, 10*float64(i+1)*f)...)
			trials[i].Repeat, trials[i].Seed = i+1, uint64(i+1)
		}
		return trials
	}
	one := slices.Repeat([]float64{1}, 12)
	faster := []float64{1.45, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.1, 1.1, 1.002}
	mixed := []float64{1.45, 0.8, 1.2, 0.8, 1.2, 0.8, 1.2, 0.8, 1.2, 0.9, 1.1, 1.002}
	zero := slices.Concat([]float64{0}, faster[1:])
	const by, not = "but in trials of the same seed one moved more: fast than slow by +20.0% (+10.0 to +20.0, ", "so which of the two is better is not shown"
	const none = "this run does not show that anybody is better than another"
	for name, c := range map[string]struct {
		trials     []record.Trial
		want, nope string
	}{
		"every seed":      {slices.Concat(of("fast", 4, 0, faster...), of("slow", 4, 0, one...)), by, "is better"},
		"some seeds":      {slices.Concat(of("fast", 4, 0, mixed...), of("slow", 4, 0, one...)), none, "same seed"},
		"five seeds":      {slices.Concat(of("fast", 4, 0, faster[:5]...), of("slow", 4, 0, one[:5]...)), none, "same seed"},
		"nothing in one":  {slices.Concat(of("fast", 4, 0, zero...), of("slow", 4, 0, one...)), none, "same seed"},
		"clear anyway":    {slices.Concat(of("fast", 4, 0, slices.Repeat([]float64{50}, 12)...), of("slow", 4, 0, one...)), "", "same seed"},
		"three":           {slices.Concat(of("fast", 4, 0, faster...), of("slow", 4, 0, one...), of("like", 4, 0, faster...)), not, none},
		"over two cells":  {slices.Concat(of("fast", 4, 0, faster...), of("slow", 4, 0, one...), of("fast", 8, 0, faster...), of("slow", 8, 0, one...)), by, "is better"},
		"one cell of two": {slices.Concat(of("fast", 4, 0, faster...), of("slow", 4, 0, one...), of("fast", 8, 0, one...), of("slow", 8, 0, faster...)), none, "same seed"},
		"lost more":       {slices.Concat(of("fast", 4, 9, faster...), of("slow", 4, 0, one...)), "at a price: fast (", "same seed"},
	} {
		v := Analyse(run(c.trials...)).Verdict
		but := strings.Join(v.But, " ")
		if !strings.Contains(but, c.want) || strings.Contains(but, c.nope) {
			t.Errorf("%s: %s | %s", name, v.Text, but)
		}
	}
}

// Contestants that are alike are told apart by seed in one run of twenty at most, however many they are; one that is better with every seed is found.
func TestVerdictBySeedOfMany(t *testing.T) {
	runs := 200
	if raceEnabled {
		runs = 40
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ contestants, seeds int }{{2, 6}, {6, 6}, {6, 9}, {12, 9}, {12, 12}} {
		told := 0
		for range runs {
			a, places := alikes(rng, c.contestants, c.seeds, 0)
			if strings.Contains(strings.Join(rivals(a, places), " "), "same seed one moved more") {
				told++
			}
		}
		if told > runs/20+runs/50 {
			t.Errorf("of %d alike, with %d seeds, some were told apart in %d of %d runs", c.contestants, c.seeds, told, runs)
		}
	}
	a, places := alikes(rng, 12, 12, 3)
	if but := strings.Join(rivals(a, places), " "); !strings.Contains(but, "same seed one moved more: c0 than ") {
		t.Error(but)
	}
}

// alikes are contestants whose goodput is of one distribution, beyond what the seeds differ by; the first has so much more.
func alikes(rng *rand.Rand, contestants, seeds int, more float64) (*Analysis, []finisher) {
	of := make([]float64, seeds)
	for i := range of {
		of[i] = 50 + 40*rng.Float64()
	}
	var rows []Row
	var places []finisher
	for n := range contestants {
		name := fmt.Sprintf("c%d", n)
		row := Row{Contestant: name, Trials: seeds, seeded: map[string]map[seeded]sample{goodput: {}}}
		var all []sample
		for i := range of {
			s := sample{value: of[i] + rng.NormFloat64()/2}
			if n == 0 {
				s.value += more
			}
			all = append(all, s)
			row.seeded[goodput][seeded{i + 1, uint64(i + 1)}] = s
		}
		rows = append(rows, row)
		places = append(places, finisher{name: name, goodput: statOf(all), objects: 100, trials: seeds})
	}
	slices.SortFunc(places, func(a, b finisher) int {
		if a.goodput.Median > b.goodput.Median {
			return -1
		}
		return 1
	})
	return &Analysis{Cells: []Cell{{Rows: rows}}}, places
}

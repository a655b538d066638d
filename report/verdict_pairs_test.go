package report

import (
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

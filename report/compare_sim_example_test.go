//go:build !race

package report

import "fmt"

// How far a verdict can be trusted: a grid of 12 cells, ten runs a side, numbers that vary by 5 % from run to run.
func ExampleCompare_simulated() {
	const comparisons = 1000
	same := grid12{runs: 10, cv: 0.05}
	any, _ := same.simulate(comparisons)
	fmt.Printf("nothing has changed: better or worse about any cell in %.1f %% of %d comparisons\n", 100*float64(any)/comparisons, comparisons)
	lost := grid12{runs: 10, cv: 0.05, loss: 0.1}
	_, worse := lost.simulate(comparisons)
	fmt.Printf("one cell has lost 10 %% of its goodput: worse about that cell in %.1f %%\n", 100*float64(worse)/comparisons)
	// Output:
	// nothing has changed: better or worse about any cell in 3.5 % of 1000 comparisons
	// one cell has lost 10 % of its goodput: worse about that cell in 87.8 %
}

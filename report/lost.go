package report

import (
	"math/rand/v2"

	"github.com/ratebench/ratebench/internal/stats"
)

// lostByChance reports whether the difference between the shares that two contestants lost may be chance: whether the interval of the
// difference holds zero, by the bootstrap over the trials of each cell. Whole trials are drawn, since what is lost within one is seldom
// independent. It is false where there is one trial of each in every cell: nothing is known of chance then, which is said elsewhere.
func lostByChance(a *Analysis, one, other string) bool {
	var trials [2][][][2]int // by contestant, then cell
	several := false
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r := &a.Cells[i].Rows[j]
			for k, name := range []string{one, other} {
				if r.Contestant == name && len(r.lost) > 0 {
					trials[k] = append(trials[k], r.lost)
					several = several || len(r.lost) > 1
				}
			}
		}
	}
	if !several {
		return false
	}
	rng := rand.New(rand.NewPCG(1, 2)) // the same draws every time, so that the views of a folder are the same
	differences := make([]float64, resamples)
	for n := range differences {
		differences[n] = drawnShare(rng, trials[0]) - drawnShare(rng, trials[1])
	}
	low, high := stats.Percentiles(differences, level)
	return low <= 0 && high >= 0
}

// drawnShare is the share that was lost over all cells, of trials that are drawn anew in each.
func drawnShare(rng *rand.Rand, cells [][][2]int) float64 {
	var s standing
	for _, c := range cells {
		for range c {
			d := c[rng.IntN(len(c))]
			s.failed, s.objects = s.failed+d[0], s.objects+d[1]
		}
	}
	return s.share()
}

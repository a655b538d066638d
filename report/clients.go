package report

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/stats"
)

// clientsOf is the goodput of each client, the lowest first: the median over the trials of the lowest, of the second, and so on. Trials
// with another number of clients are left out. Nil: there is one client, or nothing is known of them.
func clientsOf(r *Run, trials []*record.Trial) []float64 {
	n := 0
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil {
			n = max(n, len(d.Clients))
		}
	}
	if n < 2 {
		return nil
	}
	all := make([][]float64, n)
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil && len(d.Clients) == n {
			for i, v := range slices.Sorted(slices.Values(d.Clients)) {
				all[i] = append(all[i], v)
			}
		}
	}
	middle := make([]float64, n)
	for i := range all {
		middle[i] = stats.Median(all[i])
	}
	return middle
}

// herdsOf lists the worst second after a hint of each trial.
func herdsOf(r *Run, trials []*record.Trial) []record.Herd {
	var herds []record.Herd
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil && d.Herd != nil && len(d.Herd.Bins) > 0 {
			herds = append(herds, *d.Herd)
		}
	}
	return herds
}

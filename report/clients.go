package report

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/stats"
)

// clientsOf is the goodput of each client, the lowest first: the median over the trials of the lowest, of the second, and so on. Trials
// with another number of clients are left out. middle is of the median client of each. Nil: there is one client, or nothing is known of them.
func clientsOf(r *Run, trials []*record.Trial) (all []Stat, middle Stat) {
	n := 0
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil {
			n = max(n, len(d.Clients))
		}
	}
	if n < 2 {
		return nil, Stat{}
	}
	samples := make([][]sample, n)
	var medians []sample
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil && len(d.Clients) == n {
			for i, v := range slices.Sorted(slices.Values(d.Clients)) {
				samples[i] = append(samples[i], sample{value: v})
			}
			medians = append(medians, sample{value: stats.Median(d.Clients)})
		}
	}
	for _, s := range samples {
		all = append(all, statOf(s))
	}
	return all, statOf(medians)
}

// budgetOf is the sum of the time budget in each trial. The sum of the columns' medians is another number.
func budgetOf(trials []*record.Trial) Stat {
	var sums []sample
	for _, t := range trials {
		sum, known := 0.0, false
		for _, part := range []*float64{t.SlotS, t.LimiterS, t.ConnectionS, t.SendingS, t.ServerS, t.BackoffS} {
			if part != nil {
				sum, known = sum+*part, true
			}
		}
		if known {
			sums = append(sums, sample{value: sum})
		}
	}
	return statOf(sums)
}

// herdsOf lists the worst second after a hint of each trial, and sums up the most arrivals within 10 ms of it.
func herdsOf(r *Run, trials []*record.Trial) (herds []record.Herd, peak Stat) {
	var peaks []sample
	for _, t := range trials {
		if d := r.Details[t.Trial]; d != nil && d.Herd != nil && len(d.Herd.Bins) > 0 {
			herds = append(herds, *d.Herd)
			peaks = append(peaks, sample{value: float64(slices.Max(d.Herd.Bins))})
		}
	}
	return herds, statOf(peaks)
}

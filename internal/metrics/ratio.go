package metrics

import "github.com/ratebench/ratebench/internal/record"

// fewFirst is how many first attempts a second needs, or its ratio says nothing.
const fewFirst = 5

// ratios counts first attempts and retries second by second of a trial. The zero value is empty.
type ratios struct{ first, retries []int }

func (r *ratios) attempt(a *record.Attempt) {
	const most = maxBins / 10
	at := min(max(int(a.StartS+1e-9), 0), most)
	for len(r.first) <= at {
		r.first, r.retries = append(r.first, 0), append(r.retries, 0)
	}
	if a.Attempt > 1 {
		r.retries[at]++
	} else {
		r.first[at]++
	}
}

// most is the greatest ratio of all seconds with enough first attempts; nil: there are none.
func (r *ratios) most() (ratio *float64) {
	for i, n := range r.first {
		if n < fewFirst {
			continue
		}
		if v := float64(r.retries[i]) / float64(n); ratio == nil || v > *ratio {
			ratio = &v
		}
	}
	return ratio
}

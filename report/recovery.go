package report

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// Recovered is a point of a recovery curve: a trial that was back after so many seconds, or one that was watched for so long and
// was not.
type Recovered struct {
	AfterS float64 `json:"after_s"`
	// Share of the trials were back by then, from 0 to 1.
	Share    float64 `json:"share"`
	Censored bool    `json:"censored,omitempty"`
}

// recoveriesOf makes the curve of several trials, by time: the distribution of recoveries as Kaplan and Meier estimate it (1958).
// A censored trial counts among those that may still come back for as long as it was watched, and no longer; so the curve ends
// below 1 if the last one is. Without censored ones it is the plain empirical distribution.
func recoveriesOf(trials []*record.Trial) []Recovered {
	var points []Recovered
	for _, t := range trials {
		if t.RecoveryS != nil {
			points = append(points, Recovered{AfterS: *t.RecoveryS, Censored: t.RecoveryCensored})
		}
	}
	slices.SortStableFunc(points, func(a, b Recovered) int {
		return cmp.Or(cmp.Compare(a.AfterS, b.AfterS), second(a.Censored, b.Censored))
	})
	still := 1.0
	for i := range points {
		if !points[i].Censored {
			still *= 1 - 1/float64(len(points)-i)
		}
		points[i].Share = 1 - still
	}
	return points
}

// backOf is when the goodput was back, in seconds since the trial began: what the marker T90 of a timeline shows.
func backOf(r *Run, trials []*record.Trial) Stat {
	var samples []sample
	for _, t := range trials {
		if t.RecoveryS == nil {
			continue
		}
		start := r.HintsEnd[t.Trial]
		for _, w := range r.Windows[t.Trial] {
			start = max(start, w.ToS)
		}
		samples = append(samples, sample{start + *t.RecoveryS, t.RecoveryCensored})
	}
	return statOf(samples)
}

package report

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/internal/metrics"
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

// backOf is when the goodput was back after the trouble, in seconds since the trial began: what the marker T90 of a timeline shows.
// Unlike a recovery it does not count from the end of the last hint, which decides who is slow and not when it was over. hinted: in some
// trial that makes a difference of more than a bin.
func backOf(r *Run, trials []*record.Trial) (back Stat, hinted bool) {
	var samples []sample
	for _, t := range trials {
		ticks := r.Timeline[t.Trial]
		if t.RecoveryS == nil || len(ticks) == 0 {
			continue
		}
		var windows []record.LedgerRow
		over := 0.0
		for _, w := range r.Windows[t.Trial] {
			windows = append(windows, record.LedgerRow{Kind: record.LedgerWindow, TS: w.FromS, EndS: w.ToS})
			over = max(over, w.ToS)
		}
		width := record.BinWidth(ticks)
		ends := metrics.Ends{Trial: ticks[len(ticks)-1].TS + width}
		for _, k := range ticks {
			if k.GoodputMiBs > 0 {
				ends.LastByte = k.TS + width
			}
		}
		if t.RecoveryCensored { // the timeline does not show who is waiting
			ends.Open = ends.Trial
		}
		s, censored := metrics.Recovery(ticks, windows, r.Manifest.WarmUpS, ends)
		if s != nil {
			samples = append(samples, sample{over + *s, censored})
			hinted = hinted || !censored && !t.RecoveryCensored && *s > *t.RecoveryS+1.5*width
		}
	}
	return statOf(samples), hinted
}

// sinceHint says from when a recovery counts, where that is not the end of the trouble: without it, the number looks too small beside the
// moment at which the goodput was back.
func sinceHint(r *Row) string {
	if r.Hinted {
		return " after the last hint"
	}
	return ""
}

package metrics

import "github.com/ratebench/ratebench/internal/record"

const (
	// stuck is the share of the baseline below which goodput counts as not coming back.
	stuck = 0.5
	// stuckS is how long has to be watched before anybody can say so, in seconds.
	stuckS = 5
)

// countTrouble fills in what the trouble did to goodput and load: the recovery, and what depends on it.
func countTrouble(t *record.Trial, ticks []record.Tick, ledger []record.LedgerRow, warmUp float64, ends Ends) {
	if from, to, ok := trouble(ledger); ok {
		t.FaultLoad = faultLoad(ticks, warmUp, from, min(to, ends.Trial))
	}
	a, unknown := aftermathOf(ticks, ledger, warmUp, ends)
	if unknown != "" {
		if unknown != noTrouble {
			t.RecoveryUnknown = unknown
		}
		return
	}
	t.RecoveryS, t.RecoveryCensored = &a.seconds, a.censored
	lost := a.lost(ticks, ends.Trial)
	t.AreaLostMiB = &lost
	t.Overshoot = a.overshoot(ticks, ends.LastByte)
	t.Metastable = a.metastable(ticks, ends.Trial)
}

// lost is the goodput that is missing to the baseline from the beginning of the trouble until the recovery, or the trial's end, in MiB. The
// work may have ended before the last hint did: nobody misses goodput when there is nothing left to do.
func (a *aftermath) lost(ticks []record.Tick, wall float64) (sum float64) {
	until := min(a.start+a.seconds, a.work)
	if a.censored {
		until = wall
	}
	width := record.BinWidth(ticks)
	for _, t := range ticks {
		if within := min(t.TS+width, until) - max(t.TS, a.from); within > 0 {
			sum += within * max(0, a.base-t.GoodputMiBs)
		}
	}
	return sum
}

// overshoot is the most smoothed goodput between the recovery and the last byte that counts ÷ the baseline. Nil: it did not recover, or
// there was no work left.
func (a *aftermath) overshoot(ticks []record.Tick, lastByte float64) *float64 {
	if a.censored {
		return nil
	}
	width := record.BinWidth(ticks)
	after := between(ticks, a.start+a.seconds, lastByte)
	n := max(1, int(smoothS/width+0.5))
	if len(after) < n {
		return nil
	}
	most := 0.0
	for i := range after[:len(after)-n+1] {
		most = max(most, smoothed(after, i, n))
	}
	most /= a.base
	return &most
}

// metastable reports whether the trouble's end did not end it: in the second half of the time that was watched goodput was below
// half of the baseline, although attempts were made. Nil: that time was too short to say, or clients were still waiting.
func (a *aftermath) metastable(ticks []record.Tick, wall float64) *bool {
	yes := false
	if a.censored {
		late := between(ticks, wall-a.seconds/2, wall)
		if a.seconds < stuckS || len(late) == 0 || attemptsIn(ticks, wall-a.seconds/2, wall) == 0 {
			return nil
		}
		yes = smoothed(late, 0, len(late)) < stuck*a.base
	}
	return &yes
}

// faultLoad is the rate of attempts in the trouble ÷ that between warm-up and trouble, in whole bins. Nil: there are no such bins,
// or no attempts before the trouble.
func faultLoad(ticks []record.Tick, warmUp, from, to float64) *float64 {
	rate := func(from, to float64) (perBin float64) {
		n := len(between(ticks, from, to))
		if n == 0 {
			return -1
		}
		return float64(attemptsIn(ticks, from, to)) / float64(n)
	}
	healthy, trouble := rate(warmUp, from), rate(from, to)
	if healthy <= 0 || trouble < 0 {
		return nil
	}
	load := trouble / healthy
	return &load
}

// between is the goodput of the bins that lie between two times.
func between(ticks []record.Tick, from, to float64) (v []float64) {
	width := record.BinWidth(ticks)
	for _, t := range ticks {
		if t.TS >= from-1e-9 && t.TS+width <= to+1e-9 {
			v = append(v, t.GoodputMiBs)
		}
	}
	return v
}

// attemptsIn counts the attempts in the bins that lie between two times.
func attemptsIn(ticks []record.Tick, from, to float64) (n int) {
	width := record.BinWidth(ticks)
	for _, t := range ticks {
		if t.TS >= from-1e-9 && t.TS+width <= to+1e-9 {
			n += t.Attempts
		}
	}
	return n
}

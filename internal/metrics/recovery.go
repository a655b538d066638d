package metrics

import (
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

const (
	recovered = 0.9 // share of the baseline
	smoothS   = 0.5 // goodput is smoothed over this
	holdS     = 1   // and has to hold for this,
	minHoldS  = 0.5 // or to the end of the work if that is sooner, but not less than this
	doneS     = 1   // who tries for this long after the last byte that counts is not done
)

// Ends are the moments at which things of a trial ended, in seconds since it began.
type Ends struct {
	// LastByte is when the last byte arrived that counts: of a verified object, or of a part that came through of one that the trial's end cut
	// off. Zero: none did.
	LastByte float64
	// Open is the last end of an object that was not verified: given up, or cut off; zero: there was none.
	Open float64
	// Trial is the trial's own end.
	Trial float64
}

// work is when there was nothing left to be measured: with the last byte, unless somebody went on trying. A client that
// is waiting makes no attempts, but its object is open.
func (e Ends) work(ticks []record.Tick) float64 {
	done := e.LastByte + doneS - 1e-9
	if e.Open > done {
		return e.Trial
	}
	for i := len(ticks) - 1; i >= 0 && ticks[i].TS >= done; i-- {
		if ticks[i].Attempts > 0 {
			return e.Trial
		}
	}
	return e.LastByte
}

// Recovery returns how many seconds after the trouble the goodput was back.
//
// The trouble lasts from the beginning of the first window in the ledger to the end of the last. The clock starts at its
// end, or at the end of the last hint that was given in the trouble (to attempts that arrived in it), if that is
// later: a client that waits as long as it was asked to is not slow. The baseline is the median of the bins between warm-up
// and trouble. Goodput is smoothed: each bin stands for the mean of the 0.5 s that begin with it. It has recovered at the
// first bin from which on it stays at 90 % of the baseline or more for 1 s; where less than that is left until the work
// ended, until then, but for 0.5 s at least. The work ended with the last byte that counts, unless attempts began 1 s after it or later,
// or an object that failed or was cut off was open for longer than that: then with the trial. Zero: it was back at once, or never
// dropped.
//
// Where all work was done, and nothing lost, before 0.5 s had passed, there is less to go by: it was back at once if the mean goodput from the
// clock's start to the end of the work, or that of the last 0.5 s of the work, was at 90 %. Else nobody can know.
//
// Note: a centred mean reports a step back to the baseline 0.2 s late, a trailing one 0.4 s late.
//
// If it did not recover, the result is censored: how long was watched, which is until the end of the trial.
//
// Nil: there is nothing to recover from or to. No window, or one without an end; trouble from the start, or no goodput
// before it; a trial that ended before the clock started, or all of whose work was done, and nothing lost, before the trouble was over; work that was
// done too soon after, and was behind.
//
// Where bins are wider than those times, one bin stands for each of them.
func Recovery(ticks []record.Tick, ledger []record.LedgerRow, warmUp float64, ends Ends) (seconds *float64, censored bool) {
	a, unknown := aftermathOf(ticks, ledger, warmUp, ends)
	if unknown != "" {
		return nil, false
	}
	return &a.seconds, a.censored
}

// aftermath is what came of a trouble.
type aftermath struct {
	from     float64 // the trouble's beginning
	start    float64 // when the clock started
	work     float64 // when nothing was left to do
	base     float64 // MiB/s
	seconds  float64 // until it recovered; censored: that were watched
	censored bool
}

// noTrouble says that there is no recovery since there was nothing to recover from.
const noTrouble = "no trouble"

// aftermathOf also says why there is no recovery: noTrouble, or one of the reasons of [record.Trial]; empty: there is one.
func aftermathOf(ticks []record.Tick, ledger []record.LedgerRow, warmUp float64, ends Ends) (a aftermath, unknown string) {
	width := record.BinWidth(ticks)
	bins := func(s float64) int { return max(1, int(s/width+0.5)) }
	from, to, ok := trouble(ledger)
	switch {
	case !ok && math.IsInf(from, 1):
		return a, noTrouble
	case !ok:
		return a, record.NoEnd
	}
	start := to
	for i := range ledger {
		if r := &ledger[i]; r.TS >= from && r.TS <= to {
			if until, ok := hintEnd(r); ok {
				start = max(start, until)
			}
		}
	}
	work := ends.work(ticks)
	before, after := between(ticks, warmUp, from), between(ticks, start, work)
	a = aftermath{from: from, start: start, work: work, base: median(before), seconds: ends.Trial - start}
	switch {
	case a.base <= 0:
		return a, record.NoBaseline
	case a.seconds <= 0:
		return a, record.EndedFirst
	case ends.Open == 0 && work == ends.LastByte && work < to-1e-9: // the trial's end was late: somebody completed something
		return a, record.EndedFirst
	case ends.Open == 0 && work == ends.LastByte && len(after) < bins(minHoldS):
		last := between(ticks, from, work)
		last = last[max(0, len(last)-bins(smoothS)):]
		if !a.back(after) && !a.back(last) {
			return a, record.DoneTooSoon
		}
		a.seconds = 0
		return a, ""
	}
	held := 0 // bins in a row, up to the one looked at, that are back; going backwards
	back := -1
	for i := len(after) - 1; i >= 0; i-- {
		if smoothed(after, i, bins(smoothS)) < recovered*a.base {
			held = 0
			continue
		}
		held++
		if held >= min(bins(holdS), max(len(after)-i, bins(minHoldS))) {
			back = i
		}
	}
	if back < 0 {
		a.censored = true
		return a, ""
	}
	// The bins are those of the trial; the clock may have started inside of one.
	a.seconds = float64(back) * width
	if back > 0 {
		a.seconds += math.Ceil(start/width-1e-9)*width - start
	}
	return a, ""
}

// back reports whether the mean of some bins is as good as before the trouble.
func (a *aftermath) back(bins []float64) bool {
	return len(bins) > 0 && smoothed(bins, 0, len(bins)) >= recovered*a.base
}

// trouble returns when the first window began and the last one ended. Not ok: there is none, and from is infinite, or it has no end.
func trouble(ledger []record.LedgerRow) (from, to float64, ok bool) {
	from = math.Inf(1)
	for i := range ledger {
		r := &ledger[i]
		if r.Kind != record.LedgerWindow {
			continue
		}
		if r.EndS <= r.TS {
			return 0, 0, false
		}
		from, to, ok = min(from, r.TS), max(to, r.EndS), true
	}
	return from, to, ok
}

// smoothed is the mean of n bins from i on, as far as there are any.
func smoothed(bins []float64, i, n int) float64 {
	ahead := bins[i:min(len(bins), i+n)]
	sum := 0.0
	for _, v := range ahead {
		sum += v
	}
	return sum / float64(len(ahead))
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

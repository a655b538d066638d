package metrics

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// shape is a stretch of a timeline: so many seconds of a goodput, with so many attempts in each bin.
type shape struct {
	seconds, goodput float64
	attempts         int
}

func ticksOf(width float64, shapes ...shape) (ticks []record.Tick) {
	for _, s := range shapes {
		for range int(s.seconds/width + 0.5) {
			ticks = append(ticks, record.Tick{TS: float64(len(ticks)) * width, GoodputMiBs: s.goodput, Attempts: s.attempts})
		}
	}
	return ticks
}

// Trouble from 4 s to 6 s, before which the goodput is 10 MiB/s.
func TestTrouble(t *testing.T) {
	window := []record.LedgerRow{{Kind: record.LedgerWindow, TS: 4, EndS: 6}}
	before, dip := shape{4, 10, 2}, shape{2, 2, 6}
	nan := math.NaN()
	for _, c := range []struct {
		name                         string
		ticks                        []record.Tick
		recovery, lost, over, load   float64
		censored, knows, metastable_ bool
	}{
		// The mean of the half second from 6.8 on is (2·5 + 3·12) ÷ 5 = 9.2: recovered after 0.8 s. Lost are 2 s · 8 in the trouble and
		// 0.8 s · 5 after it; then there is 12 ÷ 10. Attempts are 6 ÷ 2.
		{"recovers", ticksOf(0.1, before, dip, shape{1, 5, 2}, shape{5, 12, 2}), 0.8, 20, 1.2, 3, false, true, false},
		// The trial ends at 12: 2 s · 8 and 6 s · 6 are lost.
		{"stays low", ticksOf(0.1, before, dip, shape{6, 4, 2}), 6, 52, nan, 3, true, true, true},
		{"stays just above half", ticksOf(0.1, before, dip, shape{6, 6, 2}), 6, 40, nan, 3, true, true, false},
		{"sleeps", ticksOf(0.1, before, dip, shape{6, 0, 0}), 6, 76, nan, 3, true, false, false},
		{"stays low for too short to say", ticksOf(0.1, before, dip, shape{4, 4, 2}), 4, 40, nan, 3, true, false, false},
		{"wide bins", ticksOf(1, before, dip, shape{1, 5, 2}, shape{5, 12, 2}), 1, 21, 1.2, 3, false, true, false},
		{"no goodput before", ticksOf(0.1, shape{4, 0, 2}, dip, shape{6, 4, 2}), nan, nan, nan, 3, false, false, false},
		{"no attempts before", ticksOf(0.1, shape{4, 0, 0}, dip, shape{6, 4, 2}), nan, nan, nan, nan, false, false, false},
		{"ends in the trouble", ticksOf(0.1, before, shape{1, 2, 6}), nan, nan, nan, 3, false, false, false},
	} {
		last := c.ticks[len(c.ticks)-1]
		end := last.TS + record.BinWidth(c.ticks)
		var r record.Trial
		countTrouble(&r, c.ticks, window, 0, Ends{LastByte: end, Trial: end})
		if !same(r.RecoveryS, c.recovery) || r.RecoveryCensored != c.censored {
			t.Errorf("%s: recovery %v, %v; want %v, %v", c.name, show(r.RecoveryS), r.RecoveryCensored, c.recovery, c.censored)
		}
		if !same(r.AreaLostMiB, c.lost) || !same(r.Overshoot, c.over) || !same(r.FaultLoad, c.load) {
			t.Errorf("%s: lost %v, overshoot %v, load %v; want %v, %v, %v", c.name, show(r.AreaLostMiB), show(r.Overshoot), show(r.FaultLoad), c.lost, c.over, c.load)
		}
		if (r.Metastable != nil) != c.knows || c.knows && *r.Metastable != c.metastable_ {
			t.Errorf("%s: metastable %v", c.name, r.Metastable)
		}
	}
	var r record.Trial
	countTrouble(&r, ticksOf(0.1, before), nil, 0, Ends{LastByte: 4, Trial: 4})
	if r != (record.Trial{}) {
		t.Errorf("without trouble: %+v", r)
	}
}

// All work was done at 2.1 s, while a hint was to be kept until 3.5 s: what is missing then is missing to nobody. In the trouble it is.
func TestTroubleOfWorkThatEndsInAHint(t *testing.T) {
	ledger := []record.LedgerRow{{Kind: record.LedgerWindow, TS: 1, EndS: 2}, {Kind: record.LedgerAttempt, TS: 1.5, Status: 503, RetryAfterS: ptr(2)}}
	for _, c := range []struct {
		name  string
		ticks []record.Tick
		lost  float64
	}{
		{"never behind", bins([2]float64{21, 10}, [2]float64{20, 0}), 0},
		{"behind for half a second", bins([2]float64{10, 10}, [2]float64{5, 4}, [2]float64{6, 10}, [2]float64{20, 0}), 3},
	} {
		var r record.Trial
		countTrouble(&r, c.ticks, ledger, 0, Ends{LastByte: 2.1, Trial: 4.1})
		if !same(r.RecoveryS, 0) || !same(r.AreaLostMiB, c.lost) {
			t.Errorf("%s: recovery %s, lost %s, want 0 and %v", c.name, show(r.RecoveryS), show(r.AreaLostMiB), c.lost)
		}
	}
}

func TestHerd(t *testing.T) {
	hint := func(change ...func(*record.LedgerRow)) record.LedgerRow {
		r := record.LedgerRow{Kind: record.LedgerAttempt, TS: 1, Status: 503, RetryAfterS: ptr(1)} // runs out at 2
		for _, c := range change {
			c(&r)
		}
		return r
	}
	// Ten arrive at 2, and one in every tenth of a second after it: 10 ÷ (20 ÷ 100 bins) = 50.
	var herd []record.LedgerRow
	for range 10 {
		herd = append(herd, record.LedgerRow{Kind: record.LedgerAttempt, TS: 2.001, Status: 200})
	}
	for i := range 10 {
		herd = append(herd, record.LedgerRow{Kind: record.LedgerAttempt, TS: 2.05 + 0.1*float64(i), Status: 200})
	}
	with := func(herd []record.LedgerRow, hints ...record.LedgerRow) []record.LedgerRow {
		return append(hints, herd...)
	}
	date := func(r *record.LedgerRow) { r.TS, r.HintUntilS = 0.5, ptr(2) }
	lost := func(r *record.LedgerRow) { r.Status = 0 }
	nan := math.NaN()
	for _, c := range []struct {
		name         string
		rows         []record.LedgerRow
		warmUp, wall float64
		want         float64
	}{
		{"two hints", with(herd, hint(), hint()), 0, 3, 50},
		{"hints as dates", with(herd, hint(date), hint(date)), 0, 3, 50},
		{"one hint", with(herd, hint()), 0, 3, nan},
		{"a hint that was lost", with(herd, hint(), hint(lost)), 0, 3, nan},
		{"too few arrivals", with(herd[1:], hint(), hint()), 0, 3, nan},
		{"in the warm-up", with(herd, hint(), hint()), 2.5, 4, nan},
		{"cut by the end", with(herd, hint(), hint()), 0, 2.9, nan},
		{"nobody", nil, 0, 3, nan},
	} {
		var h herds
		for i := range c.rows {
			h.row(&c.rows[i])
		}
		index, second := h.worst(c.warmUp, c.wall)
		if !same(index, c.want) || (second != nil) != (index != nil) {
			t.Errorf("%s: %v, want %v", c.name, show(index), c.want)
		}
		if second != nil && (second.FromS != 2 || second.Bins[0] != 10 || len(second.Bins) != 100 || second.Bins[5] != 1) {
			t.Errorf("%s: %+v", c.name, second)
		}
	}
}

func TestFairness(t *testing.T) {
	for _, c := range []struct {
		bytes []float64
		want  float64
	}{
		{[]float64{7}, math.NaN()}, {[]float64{0, 0}, math.NaN()}, {[]float64{3, 3, 3}, 1}, {[]float64{4, 0, 0, 0}, 0.25},
		{[]float64{1, 3}, 0.8}, // 4² ÷ (2·10)
	} {
		s := newShares(len(c.bytes))
		for i, b := range c.bytes {
			s.add(i, b)
		}
		if got := s.fairness(); !same(got, c.want) {
			t.Errorf("%v: %v, want %v", c.bytes, show(got), c.want)
		}
	}
	s := newShares(1000)
	for n := range 1000 {
		s.add(n, float64(n)*mib)
	}
	if v := s.clients(1); len(v) != 101 || v[0] != 0 || v[50] != 499 || v[100] != 999 {
		t.Errorf("percentiles of a thousand: %v", v)
	}
}

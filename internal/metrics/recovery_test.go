package metrics

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// bins makes ticks from stretches of goodput, each with a number of bins.
func bins(stretches ...[2]float64) (ticks []record.Tick) {
	for _, s := range stretches {
		for range int(s[0]) {
			ticks = append(ticks, record.Tick{TS: float64(len(ticks)) / 10, GoodputMiBs: s[1]})
		}
	}
	return ticks
}

func TestRecovery(t *testing.T) {
	window := func(from, to float64) record.LedgerRow {
		return record.LedgerRow{Kind: record.LedgerWindow, TS: from, EndS: to}
	}
	hint := func(at, took, wait float64) record.LedgerRow {
		return record.LedgerRow{Kind: record.LedgerAttempt, TS: at, TookS: took, Status: 503, RetryAfterS: &wait}
	}
	date := func(at, until float64) record.LedgerRow {
		r := hint(at, 0, 60)
		r.HintUntilS = &until
		return r
	}
	lost := func(r record.LedgerRow) record.LedgerRow {
		r.Status = 0
		return r
	}
	trying := func(ticks []record.Tick, from, to int) []record.Tick {
		for i := from; i < to; i++ {
			ticks[i].Attempts = 1
		}
		return ticks
	}
	type rows = []record.LedgerRow
	storm := window(1, 2)
	for _, c := range []struct {
		name     string
		ticks    []record.Tick
		ledger   rows
		warmUp   float64
		lastByte float64 // zero: the end of the ticks
		open     float64
		want     float64 // NaN: nil
		censored bool
	}{
		{name: "no trouble", ticks: bins([2]float64{50, 10}), want: math.NaN()},
		{name: "trouble without an end", ticks: bins([2]float64{50, 10}), ledger: rows{window(1, 0)}, want: math.NaN()},
		{name: "trouble from the start", ticks: bins([2]float64{50, 10}), ledger: rows{window(0, 1)}, want: math.NaN()},
		{name: "no goodput before", ticks: bins([2]float64{10, 0}, [2]float64{40, 10}), ledger: rows{storm}, want: math.NaN()},
		{name: "over before the trouble was", ticks: bins([2]float64{15, 10}), ledger: rows{storm}, want: math.NaN()},
		{name: "never dropped", ticks: bins([2]float64{50, 10}), ledger: rows{storm}, want: 0},
		{name: "back at once", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{30, 10}), ledger: rows{storm}, want: 0},
		{name: "back after 0.7 s", ticks: bins([2]float64{10, 10}, [2]float64{17, 0}, [2]float64{30, 10}), ledger: rows{storm}, want: 0.7},
		{name: "nine tenths will do", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{30, 9.01}), ledger: rows{storm}, want: 0},
		{name: "less will not", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{30, 8.9}), ledger: rows{storm}, want: 3, censored: true},
		{name: "does not hold", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{8, 10}, [2]float64{10, 0}, [2]float64{20, 10}), ledger: rows{storm}, want: 1.8},
		{name: "two windows are one trouble", ticks: bins([2]float64{10, 10}, [2]float64{5, 0}, [2]float64{10, 10}, [2]float64{5, 0}, [2]float64{20, 10}),
			ledger: rows{window(2.5, 3), window(1, 1.5)}, want: 0},
		{name: "a hint moves the start", ticks: bins([2]float64{10, 10}, [2]float64{20, 0}, [2]float64{30, 10}), ledger: rows{storm, hint(1.5, 0.5, 1)}, want: 0},
		{name: "a hint after the trouble does not", ticks: bins([2]float64{10, 10}, [2]float64{20, 0}, [2]float64{30, 10}), ledger: rows{storm, hint(2.5, 0, 3)}, want: 1},
		{name: "a hint before the trouble does not", ticks: bins([2]float64{10, 10}, [2]float64{20, 0}, [2]float64{30, 10}), ledger: rows{storm, hint(0.9, 0, 2)}, want: 1},
		{name: "a hint that was not sent does not", ticks: bins([2]float64{10, 10}, [2]float64{20, 0}, [2]float64{30, 10}), ledger: rows{storm, lost(hint(1.5, 0.5, 1))}, want: 1},
		{name: "a hint as a date", ticks: bins([2]float64{10, 10}, [2]float64{20, 0}, [2]float64{30, 10}), ledger: rows{storm, date(1.5, 2.6)}, want: 0.4},
		{name: "a hint past the end", ticks: bins([2]float64{50, 10}), ledger: rows{storm, hint(1.5, 0, 60)}, want: math.NaN()},
		{name: "warm-up is no baseline", ticks: bins([2]float64{5, 100}, [2]float64{5, 10}, [2]float64{40, 10}), ledger: rows{storm}, warmUp: 0.5, want: 0},
		{name: "the clock starts inside of a bin", ticks: bins([2]float64{10, 10}, [2]float64{17, 0}, [2]float64{30, 10}), ledger: rows{window(1, 2.05)}, want: 0.65},
		{name: "work ends within the hold", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{6, 10}, [2]float64{20, 0}), ledger: rows{storm}, lastByte: 2.6, want: 0},
		{name: "back at once, and done soon after", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{4, 10}, [2]float64{16, 0}), ledger: rows{storm}, lastByte: 2.4, want: 0},
		{name: "never behind, and done soon after", ticks: bins([2]float64{22, 10}, [2]float64{1, 5}), ledger: rows{storm}, lastByte: 2.25, want: 0},
		{name: "never behind, and done within a bin", ticks: bins([2]float64{20, 10}, [2]float64{1, 5}), ledger: rows{storm}, lastByte: 2.05, want: 0},
		{name: "behind, and done soon after", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{3, 2}, [2]float64{16, 0}), ledger: rows{storm}, lastByte: 2.3, want: math.NaN()},
		{name: "behind, and back for the last bin only", ticks: bins([2]float64{10, 10}, [2]float64{13, 0}, [2]float64{1, 10}), ledger: rows{storm}, lastByte: 2.4, want: math.NaN()},
		{name: "done before the last hint was over", ticks: bins([2]float64{21, 10}, [2]float64{10, 0}), ledger: rows{storm, hint(1.5, 0, 1)}, lastByte: 2.1, want: 0},
		{name: "done soon after, but for one that was given up", ticks: bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{4, 10}, [2]float64{16, 0}),
			ledger: rows{storm}, lastByte: 2.4, open: 1.5, want: 2, censored: true},
		{name: "back for 0.6 s, then attempts for nothing", ticks: trying(bins([2]float64{50, 10}, [2]float64{50, 0}, [2]float64{6, 10}, [2]float64{594, 0}), 0, 700),
			ledger: rows{window(5, 10)}, lastByte: 10.6, want: 60, censored: true},
		{name: "back for 0.6 s, and one attempt after a long wait", ticks: trying(bins([2]float64{50, 10}, [2]float64{50, 0}, [2]float64{6, 10}, [2]float64{594, 0}), 600, 601),
			ledger: rows{window(5, 10)}, lastByte: 10.6, want: 60, censored: true},
		{name: "back for 0.6 s, then all wait", ticks: trying(bins([2]float64{50, 10}, [2]float64{50, 0}, [2]float64{6, 10}, [2]float64{594, 0}), 0, 106),
			ledger: rows{window(5, 10)}, lastByte: 10.6, open: 70, want: 60, censored: true},
		{name: "back for 0.6 s, then the uploads are completed", ticks: trying(bins([2]float64{50, 10}, [2]float64{50, 0}, [2]float64{6, 10}, [2]float64{10, 0}), 0, 116),
			ledger: rows{window(5, 10)}, lastByte: 10.6, open: 11.5, want: 0},
		{name: "back for longer, then attempts for nothing", ticks: trying(bins([2]float64{50, 10}, [2]float64{50, 0}, [2]float64{16, 10}, [2]float64{584, 0}), 0, 700),
			ledger: rows{window(5, 10)}, lastByte: 11.6, want: 0},
		{name: "nothing after the trouble", ticks: bins([2]float64{10, 10}, [2]float64{40, 0}), ledger: rows{storm}, lastByte: 1, want: 3, censored: true},
	} {
		end := float64(len(c.ticks)) / 10
		last := c.lastByte
		if last == 0 {
			last = end
		}
		got, censored := Recovery(c.ticks, c.ledger, c.warmUp, Ends{LastByte: last, Open: c.open, Trial: end})
		switch {
		case math.IsNaN(c.want):
			if got != nil {
				t.Errorf("%s: %v, want nil", c.name, *got)
			}
		case got == nil:
			t.Errorf("%s: nil, want %v", c.name, c.want)
		case math.Abs(*got-c.want) > 1e-9 || censored != c.censored:
			t.Errorf("%s: %v (censored %v), want %v (%v)", c.name, *got, censored, c.want, c.censored)
		}
	}
}

func TestRecoveryUnknown(t *testing.T) {
	window := func(from, to float64) []record.LedgerRow {
		return []record.LedgerRow{{Kind: record.LedgerWindow, TS: from, EndS: to}}
	}
	for _, c := range []struct {
		name     string
		ticks    []record.Tick
		ledger   []record.LedgerRow
		lastByte float64
		want     string
	}{
		{"no trouble", bins([2]float64{50, 10}), nil, 5, ""},
		{"recovered", bins([2]float64{50, 10}), window(1, 2), 5, ""},
		{"not recovered", bins([2]float64{10, 10}, [2]float64{40, 0}), window(1, 2), 1, ""},
		{"no end", bins([2]float64{50, 10}), window(1, 0), 5, record.NoEnd},
		{"no baseline", bins([2]float64{50, 10}), window(0, 2), 5, record.NoBaseline},
		{"the trial ended first", bins([2]float64{15, 10}), window(1, 2), 1.5, record.EndedFirst},
		{"done too soon", bins([2]float64{10, 10}, [2]float64{10, 0}, [2]float64{3, 2}), window(1, 2), 2.3, record.DoneTooSoon},
	} {
		var row record.Trial
		countTrouble(&row, c.ticks, c.ledger, 0, Ends{LastByte: c.lastByte, Trial: float64(len(c.ticks)) / 10})
		if row.RecoveryUnknown != c.want {
			t.Errorf("%s: unknown because of %q, want %q", c.name, row.RecoveryUnknown, c.want)
		}
	}
}

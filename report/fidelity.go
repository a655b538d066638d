package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/stats"
)

// What counts as the same on both clocks.
const (
	sameRatio    = 0.05 // goodput, attempts, throttled, early: the ratio's interval lies within 1 ± this
	sameRecovery = 0.5  // seconds: the difference's interval lies within ± this
	sameLevel    = 0.9  // of the interval: two one-sided tests at 5 %
)

// FidelityRow compares one number of one contestant in one cell on both clocks.
type FidelityRow struct {
	Cell       string  `json:"cell"`
	Contestant string  `json:"contestant"`
	Metric     string  `json:"metric"`
	Pairs      int     `json:"pairs"` // of trials with the same seed
	Real       float64 `json:"real"`  // medians
	Virtual    float64 `json:"virtual"`
	// Ratio is virtual ÷ real, the geometric mean over the pairs, with its interval. For recovery it is virtual − real in
	// seconds.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Same says that the interval lies within the bounds of equivalence.
	Same bool `json:"same"`
}

// ErrTooFew says that there are too few pairs of trials for an interval.
var ErrTooFew = errors.New("fewer than two pairs of trials: run more repeats")

// Fidelity pairs the trials of a run on the real clock with those of one in virtual time by cell, contestant and seed, and
// tests goodput, attempts, throttled and early attempts, and recovery for equivalence: a 90 % interval (Student's t over
// the pairs' logarithms, or differences) has to lie within bounds. Where a count is zero, a half is added to both sides.
// Trials that failed on either clock are left out. Where one clock alone saw a recovery, it is not the same; where neither
// did, there is nothing to compare.
func Fidelity(real, virtual *Run) ([]FidelityRow, error) {
	type key struct {
		contestant  string
		size        int64
		concurrency int
		seed        uint64
	}
	of := func(t *record.Trial) key { return key{t.Contestant, t.PartSize, t.Concurrency, t.Seed} }
	others := map[key]*record.Trial{}
	for i := range virtual.Trials {
		if t := &virtual.Trials[i]; t.Status == record.TrialOK {
			others[of(t)] = t
		}
	}
	type group struct {
		contestant  string
		size        int64
		concurrency int
	}
	pairs := map[group][][2]*record.Trial{}
	var order []group
	for i := range real.Trials {
		t := &real.Trials[i]
		o := others[of(t)]
		if o == nil || t.Status != record.TrialOK {
			continue
		}
		g := group{t.Contestant, t.PartSize, t.Concurrency}
		if pairs[g] == nil {
			order = append(order, g)
		}
		pairs[g] = append(pairs[g], [2]*record.Trial{t, o})
	}
	slices.SortStableFunc(order, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.concurrency, b.concurrency), strings.Compare(a.contestant, b.contestant))
	})
	var rows []FidelityRow
	for _, g := range order {
		if len(pairs[g]) < 2 {
			return nil, ErrTooFew
		}
		cell := Cell{Workload: workloadOf(&real.Manifest), PartSize: g.size, Concurrency: g.concurrency}
		for _, m := range fidelityMetrics {
			row, ok := m.compare(pairs[g])
			if !ok {
				continue
			}
			row.Cell, row.Contestant, row.Metric = cell.Name(), g.contestant, m.name
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil, ErrTooFew
	}
	return rows, nil
}

// Counted is how many trials of a run ended well.
func (r *Run) Counted() int {
	n := 0
	for i := range r.Trials {
		if r.Trials[i].Status == record.TrialOK {
			n++
		}
	}
	return n
}

// fidelityMetric is a number that is compared; ok is false where a trial has none.
type fidelityMetric struct {
	name       string
	difference bool // in place of the ratio
	value      func(t *record.Trial) (v float64, ok bool)
}

var fidelityMetrics = []fidelityMetric{
	{"goodput", false, func(t *record.Trial) (float64, bool) { return t.GoodputMiBs, true }},
	{"attempts", false, func(t *record.Trial) (float64, bool) { return float64(t.Attempts), true }},
	{"amplification", false, func(t *record.Trial) (float64, bool) { return t.Amplification, true }},
	{"throttled", false, func(t *record.Trial) (float64, bool) { return float64(t.Throttled), true }},
	{"early", false, func(t *record.Trial) (float64, bool) { return float64(t.Early), true }},
	{"recovery", true, func(t *record.Trial) (float64, bool) {
		if t.RecoveryS == nil || t.RecoveryCensored {
			return 0, false
		}
		return *t.RecoveryS, true
	}},
}

func (m *fidelityMetric) compare(pairs [][2]*record.Trial) (FidelityRow, bool) {
	var real, virtual, d []float64
	zero := false
	for _, p := range pairs {
		r, rok := m.value(p[0])
		v, vok := m.value(p[1])
		if rok != vok { // one clock alone saw it
			return FidelityRow{Pairs: len(pairs), Real: r, Virtual: v}, true
		}
		if !rok {
			continue
		}
		real, virtual = append(real, r), append(virtual, v)
		zero = zero || r == 0 || v == 0
	}
	if len(real) < 2 {
		return FidelityRow{}, false
	}
	for i := range real {
		r, v := real[i], virtual[i]
		switch {
		case m.difference:
			d = append(d, v-r)
			continue
		case zero && r == v:
			d = append(d, 0)
			continue
		case zero:
			r, v = r+0.5, v+0.5
		}
		d = append(d, math.Log(v/r))
	}
	mean, dev := stat.MeanStdDev(d, nil)
	n := float64(len(d))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile((1+sameLevel)/2) * dev / math.Sqrt(n)
	row := FidelityRow{Pairs: len(d), Real: stats.Median(real), Virtual: stats.Median(virtual)}
	if m.difference {
		row.Ratio, row.Low, row.High = mean, mean-half, mean+half
		row.Same = row.Low >= -sameRecovery && row.High <= sameRecovery
		return row, true
	}
	row.Ratio, row.Low, row.High = math.Exp(mean), math.Exp(mean-half), math.Exp(mean+half)
	row.Same = row.Low >= 1-sameRatio && row.High <= 1+sameRatio
	return row, true
}

// FidelityTable prints the comparison for a terminal, or as Markdown.
func FidelityTable(w io.Writer, rows []FidelityRow, markdown bool) error {
	head := []string{"cell", "contestant", "metric", "real", "virtual", "virtual ÷ real", "90 % interval", "same"}
	var lines [][]string
	for i, r := range rows {
		cell := r.Cell
		if !markdown && i > 0 && rows[i-1].Cell == cell {
			cell = ""
		}
		ratio, interval := fmt.Sprintf("%.3f", r.Ratio), fmt.Sprintf("%.3f to %.3f", r.Low, r.High)
		if r.Metric == "recovery" {
			ratio, interval = fmt.Sprintf("%+.2f s", r.Ratio), fmt.Sprintf("%+.2f to %+.2f s", r.Low, r.High)
		}
		same := "yes"
		if !r.Same {
			same = "NO"
		}
		lines = append(lines, []string{cell, r.Contestant, r.Metric, num(r.Real), num(r.Virtual), ratio, interval, same})
	}
	if markdown {
		fmt.Fprintf(w, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
		for _, l := range lines {
			fmt.Fprintf(w, "| %s |\n", strings.Join(l, " | "))
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(head, "\t"))
	for _, l := range lines {
		fmt.Fprintln(t, strings.Join(l, "\t"))
	}
	return t.Flush()
}

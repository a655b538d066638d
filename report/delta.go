package report

import (
	"math"
	"slices"
)

// heatMetrics are those that the grid is mapped by.
var heatMetrics = []string{"goodput_mib_s", "amplification", "recovery_s"}

// maxBaselines is how many contestants differences are offered to.
const maxBaselines = 12

// Delta is by how much a contestant differs from the baseline in one cell.
type Delta struct {
	Known bool
	Self  bool // it is the baseline
	// By is the median change as a share of the baseline: 0.1 is ten per cent more. Of recoveries, which may be 0, it is a difference in
	// seconds. It goes by pairs of trials with the same seed; where there are fewer than two, by the medians.
	By float64
	// Low to High is the interval of By, as in Stat, where there are repeats enough for one that holds with 95 %; else both are By.
	Low, High float64
	// Unsure: there are no repeats enough, or the interval holds zero, so the difference may be chance.
	Unsure bool
}

// seeded names a trial among those of the same contestant and cell: trials of two contestants with the same name had the same luck.
type seeded struct {
	repeat int
	seed   uint64
}

// baselinesOf lists the contestants that differences are told to: the best, then the oracle.
func baselinesOf(a *Analysis) []string {
	var names []string
	for i := range a.Overall {
		if o := &a.Overall[i]; !o.Oracle && len(names) < maxBaselines {
			names = append(names, o.Contestant)
		}
	}
	if slices.Contains(a.Contestants, OracleName) {
		names = append(names, OracleName)
	}
	return names
}

// addDeltas fills in the differences of all rows in a grid. A single cell has no map.
func addDeltas(a *Analysis) {
	if len(a.Cells) < 2 {
		return
	}
	a.Baselines = baselinesOf(a)
	for i := range a.Cells {
		rows := a.Cells[i].Rows
		for j := range rows {
			rows[j].Deltas = map[string][]Delta{}
			for _, metric := range heatMetrics {
				deltas := make([]Delta, len(a.Baselines))
				for b, name := range a.Baselines {
					if k := slices.IndexFunc(rows, func(r Row) bool { return r.Contestant == name }); k >= 0 {
						deltas[b] = deltaOf(&rows[j], &rows[k], metric)
						deltas[b].Self = k == j
					}
				}
				rows[j].Deltas[metric] = deltas
			}
		}
	}
}

// deltaOf compares two contestants in one metric. A censored median is only known to be more, so nothing is known of the difference.
func deltaOf(r, base *Row, metric string) Delta {
	s, of := r.Stat(metric), base.Stat(metric)
	difference := metric == "recovery_s"
	if s.N == 0 || of.N == 0 || s.Censored || of.Censored || !difference && of.Median == 0 {
		return Delta{}
	}
	change := func(x, base float64) float64 {
		if difference {
			return x - base
		}
		return x/base - 1
	}
	d := Delta{By: change(s.Median, of.Median), Unsure: true}
	if p := statOf(pairsOf(r, base, metric, change)); p.N > 1 {
		d.By = p.Median
		if p.N >= fewRepeats {
			d.Low, d.High, d.Unsure = p.Low, p.High, p.Low <= 0 && p.High >= 0
		}
	}
	if d.Low == 0 && d.High == 0 {
		d.Low, d.High = d.By, d.By
	}
	d.Known = !math.IsNaN(d.By) && !math.IsInf(d.By, 0)
	return d
}

// pairsOf lists the changes between trials of the same seed. There are none if one cannot be told: to leave that out would flatter somebody.
func pairsOf(r, base *Row, metric string, change func(x, base float64) float64) (pairs []sample) {
	for key, x := range r.seeded[metric] {
		b, ok := base.seeded[metric][key]
		if !ok {
			continue
		}
		if x.censored || b.censored || b.value == 0 && metric != "recovery_s" {
			return nil
		}
		pairs = append(pairs, sample{value: change(x.value, b.value)})
	}
	return pairs
}

// overlapping reports whether two intervals have something in common.
func overlapping(a, b Stat) bool {
	return (a.Low <= b.High || b.HighCensored) && (b.Low <= a.High || a.HighCensored)
}

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
	// By is the change as a share of the baseline: 0.1 is ten per cent more. Of recoveries, which may be 0, it is a difference in seconds.
	By float64
	// Unsure: the two intervals overlap, or one repeat has none, so the difference may be chance.
	Unsure bool
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
						deltas[b] = deltaOf(rows[j].Stat(metric), rows[k].Stat(metric), metric == "recovery_s")
						deltas[b].Self = k == j
					}
				}
				rows[j].Deltas[metric] = deltas
			}
		}
	}
}

// deltaOf compares two medians. A censored one is only known to be more, so nothing is known of the difference.
func deltaOf(s, base Stat, difference bool) Delta {
	if s.N == 0 || base.N == 0 || s.Censored || base.Censored {
		return Delta{}
	}
	d := Delta{Known: true, Unsure: s.N < 2 || base.N < 2 || overlapping(s, base)}
	switch {
	case difference:
		d.By = s.Median - base.Median
	case base.Median == 0:
		return Delta{}
	default:
		d.By = s.Median/base.Median - 1
	}
	d.Known = !math.IsNaN(d.By) && !math.IsInf(d.By, 0)
	return d
}

// overlapping reports whether two intervals have something in common.
func overlapping(a, b Stat) bool {
	return (a.Low <= b.High || b.HighCensored) && (b.Low <= a.High || a.HighCensored)
}

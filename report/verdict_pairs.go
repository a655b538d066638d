package report

import (
	"fmt"
	"math"
	"slices"
)

// lead is by how much one contestant moved more than another, as a share, over the trials of the same seed: the median, with its interval from order
// statistics. Of several cells, a seed's is the geometric mean of their ratios. It is not known where fewer than six seeds, or than half of
// either's, are in all cells of both, where nothing got through in one of these, or where too few are for the interval to hold with what sureOf asks for
// among so many contestants.
//
// Note: two contestants' intervals may overlap although one of them was faster with every seed, as seeds that are hard for one are hard for the other.
func lead(a *Analysis, one, other string, contestants int) (s Stat, known bool) {
	ratios := map[seeded][]float64{}
	most := 0
	for i := range a.Cells {
		var rows [2]*Row
		for j := range a.Cells[i].Rows {
			if k := slices.Index([]string{one, other}, a.Cells[i].Rows[j].Contestant); k >= 0 {
				rows[k] = &a.Cells[i].Rows[j]
			}
		}
		if rows[0] == nil || rows[1] == nil {
			return Stat{}, false
		}
		x, y := rows[0].seeded[goodput], rows[1].seeded[goodput]
		most = max(most, len(x), len(y))
		for key, v := range x {
			w, ok := y[key]
			if !ok {
				continue
			}
			if !(v.value > 0 && w.value > 0) {
				return Stat{}, false
			}
			ratios[key] = append(ratios[key], v.value/w.value)
		}
	}
	var leads []sample
	for _, r := range ratios {
		if len(r) == len(a.Cells) {
			leads = append(leads, sample{value: change(geomean(r))})
		}
	}
	if len(leads) < fewRepeats || !enough(len(leads), most, most) {
		return Stat{}, false
	}
	sure := sureOf(contestants)
	s = statAt(leads, sure)
	return s, s.Confidence >= sure
}

// sureOf is what the interval of a pair has to hold with, so that with 95 % no pair of the contestants is told apart that is alike (Bonferroni). All pairs
// count: the one that the others are compared with is the best of this very run, and any might have been.
func sureOf(contestants int) float64 {
	pairs := contestants * (contestants - 1) / 2
	return 1 - (1-level)/float64(max(1, pairs))
}

// apart says how the best and another with an overlapping interval are told apart by trials of the same seed; empty: they are not.
func apart(a *Analysis, best, other *finisher, contestants int) string {
	s, known := lead(a, best.name, other.name, contestants)
	more, less := clean(best.name), clean(other.name)
	switch {
	case !known || s.Low <= 0 && s.High >= 0:
		return ""
	case s.High < 0: // the medians say otherwise
		more, less = less, more
		s, _ = lead(a, other.name, best.name, contestants)
	}
	return fmt.Sprintf("%s than %s by %s (%s)", more, less, signed(100*s.Median, "%"), signed(100*s.Low, "")+" to "+signed(100*s.High, "")+", "+percentFloor(s.Confidence))
}

// faster is 1 if a contestant is shown to have moved more than another, -1 if less, and 0 if neither: by their intervals, or by trials of the same seed.
func faster(a *Analysis, one, other *finisher, contestants int) int {
	if !overlapping(one.goodput, other.goodput) {
		return int(math.Copysign(1, one.goodput.Median-other.goodput.Median))
	}
	switch s, known := lead(a, one.name, other.name, contestants); {
	case known && s.Low > 0:
		return 1
	case known && s.High < 0:
		return -1
	}
	return 0
}

package report

import (
	"cmp"
	"slices"
)

// standing is what a contestant is ranked by.
type standing struct {
	oracle bool
	none   bool // no trial counts, or a cell has no value
	// failed of objects uploads or calls did not get through.
	failed, objects int
	goodput         float64 // MiB/s
}

// rank orders contestants: who lost a smaller share of its uploads comes first, and of those that lost the same, who has more
// goodput. Then come those without a value, and last the oracle.
//
// Goodput alone would reward giving up: a trial in which an upload was lost early is a short one.
func rank(a, b standing) int {
	return cmp.Or(
		second(a.oracle, b.oracle),
		second(a.none, b.none),
		cmp.Compare(a.share(), b.share()),
		cmp.Compare(b.goodput, a.goodput),
	)
}

// share is what was lost, from 0 to 1.
func (s standing) share() float64 {
	if s.objects == 0 {
		return 0
	}
	return float64(s.failed) / float64(s.objects)
}

// second puts what is so behind what is not.
func second(a, b bool) int {
	switch {
	case a && !b:
		return 1
	case b && !a:
		return -1
	}
	return 0
}

func rankRows(rows []Row) {
	of := func(r *Row) standing {
		return standing{r.Oracle, r.Trials == 0, r.FailedObjects, r.Objects, r.Stat("goodput_mib_s").Median}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return rank(of(&a), of(&b)) })
}

func rankOverall(all []Overall) {
	of := func(o *Overall) standing {
		s := standing{oracle: o.Oracle, none: o.Goodput == nil, failed: o.FailedObjects, objects: o.Objects}
		if o.Goodput != nil {
			s.goodput = *o.Goodput
		}
		return s
	}
	slices.SortStableFunc(all, func(a, b Overall) int { return rank(of(&a), of(&b)) })
}

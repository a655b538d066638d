package report

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// CutShare is a metric that comparisons of single calls have beside those of trials.csv: calls that were still waiting when the trial's end cut them
// off, of all. They have not failed, and nobody got an answer.
const CutShare = "cut_share"

// cutShare has no value in folders of versions that did not count what is cut off.
var cutShare = column{Metric: Metric{CutShare, "", Lower, "share cut off"}, get: func(t *record.Trial) (sample, bool) {
	if t.Objects == 0 || t.CutOff == nil {
		return sample{}, false
	}
	return sample{value: float64(*t.CutOff) / float64(t.Objects)}, true
}}

// lostShares are the metrics of which more means that fewer succeeded.
var lostShares = []string{FailedShare, CutShare}

// asksAbout reports whether a metric makes sense with the workload: of parts that are cut off, nobody knows the share.
func (w Workload) asksAbout(m *compared) bool { return m.Name != CutShare || w.Calls }

// redefined are the metrics that mean something else in folders without the column cut_off: percentiles left out what was cut off, and a recovery and
// a herd were looked for in another way.
var redefined = []string{
	"p50_s", "p95_s", "p99_s", "data_p50_s", "data_p99_s", "recovery_s", "area_lost_mib", "overshoot", "metastable", "herd_index", "cut_off", CutShare,
}

// older says that some trials were measured by a version to which the metric was something else than to that of the others; empty: to all it is the same.
func (b *both) older(m *compared) string {
	if !slices.Contains(redefined, m.Name) {
		return ""
	}
	var old, now [2]bool
	for i, trials := range [2][]*record.Trial{b.base, b.head} {
		for _, t := range trials {
			if t.CutOff == nil {
				old[i] = true
			} else {
				now[i] = true
			}
		}
	}
	if !now[0] && !now[1] || !old[0] && !old[1] {
		return ""
	}
	who := "the base was"
	switch {
	case old[0] && old[1]:
		who = "trials of both sides were"
	case old[1]:
		who = "the head was"
	}
	return who + " run by an older version, which took this for something else or did not know it: run it again"
}

// needless reports whether a share that is cut off need not be asked about: nothing is known of the base, and the head's is negligible, so that it is no
// worse than any base.
func (b *both) needless(m *compared) bool {
	if m.Name != CutShare || slices.ContainsFunc(b.base, func(t *record.Trial) bool { return t.CutOff != nil }) {
		return false
	}
	return !slices.ContainsFunc(b.head, func(t *record.Trial) bool { s, ok := m.get(t); return !ok || s.value >= negligible })
}

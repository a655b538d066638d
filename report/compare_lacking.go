package report

import (
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// lacking says how many trials of a side have no value of a metric although they should; empty: all have one, or one side has none at all. Those that
// are left may be the ones that went well: there is no p95 where nothing succeeded, and no recovery where there was nothing to go back to.
//
// Not lacking is what its partner with the same seed has not either: there was nothing to be measured, such as trouble to recover from, or the
// pair went the same way on both sides and is in neither.
func (b *both) lacking(m *compared) string {
	has := func(t *record.Trial) bool { _, ok := m.get(t); return ok }
	var lacks [2]bool
	for _, p := range b.pairs {
		base, head := b.base[p[0]], b.head[p[1]]
		lacks[0] = lacks[0] || !has(base) && has(head) && !m.rightly(base)
		lacks[1] = lacks[1] || has(base) && !has(head) && !m.rightly(head)
	}
	var words []string
	for i, trials := range [2][]*record.Trial{b.base, b.head} {
		known := 0
		unknown := map[string]int{}
		for _, t := range trials {
			if has(t) {
				known++
			} else if m.Name == "recovery_s" {
				unknown[t.RecoveryUnknown]++
			}
		}
		for _, t := range b.alone[i] {
			lacks[i] = lacks[i] || !has(t) && !m.rightly(t)
		}
		if lacks[i] && known > 0 {
			text := fmt.Sprintf("of %d of %d trials of the %s", known, len(trials), sides[i])
			if why := whyUnknown(unknown); why != "" {
				text += " (" + why + ")"
			}
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "known " + strings.Join(words, " and ") + ", and these may be the ones that went well"
}

// sides are the names of both.
var sides = [2]string{"base", "head"}

// rightly reports whether a trial without a value of the metric has none for a good reason: no attempt was early, so none was early by anything, or none was
// refused, so that there was no hint to be kept.
func (m *compared) rightly(t *record.Trial) bool {
	switch m.Name {
	case "early_by_s", "early_by_max_s":
		return t.Early == 0
	case "hint_compliance", "late_by_s", "late_by_max_s":
		return t.Throttled == 0
	}
	return false
}

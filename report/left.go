package report

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/record"
)

// leftWarnings say where objects were left when a trial ended: whoever is slow has fewer that failed, and no longer a time than others.
func leftWarnings(a *Analysis, r *Run) (ws []Warning) {
	for _, c := range a.Cells {
		for _, name := range a.Contestants {
			objects, under, not := 0, 0, 0
			for i := range r.Trials {
				t := &r.Trials[i]
				if t.Contestant != name || t.PartSize != c.PartSize || t.Concurrency != c.Concurrency || t.Status == record.TrialFailed || t.NotBegun == nil {
					continue
				}
				objects += t.Objects + *t.NotBegun
				not += *t.NotBegun
				under += t.Left() - *t.NotBegun
			}
			if not+under == 0 {
				continue
			}
			text := fmt.Sprintf("%d of %d %s were left when the trial ended: %d under way, and %d not begun", not+under, objects, a.Workload.units(), under, not)
			if not == 0 {
				text = fmt.Sprintf("%d of %d %s were still under way when the trial ended", under, objects, a.Workload.units())
			} else if under == 0 {
				text = fmt.Sprintf("%d of %d %s were not begun when the trial ended", not, objects, a.Workload.units())
			}
			if !a.Workload.moves() {
				text += "; how long all take is not known, but for a lower limit"
			}
			ws = append(ws, Warning{Kind: WarnLeft, Cell: c.Name(), Contestant: name, Text: text})
		}
	}
	return ws
}

package report

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// numbered is what tells the parts of a file apart in a reason, and means nothing for why they failed.
var numbered = regexp.MustCompile(`\bpart \d+|\bthe bytes from \d+ to \d+`)

// failureWarnings say what the files of a contestant failed of most often, where that is known.
func failureWarnings(a *Analysis, r *Run) (ws []Warning) {
	for _, c := range a.Cells {
		for _, name := range a.Contestants {
			reasons := map[string]int{}
			objects, failed := 0, 0
			for i := range r.Trials {
				t := &r.Trials[i]
				if t.Contestant != name || t.PartSize != c.PartSize || t.Concurrency != c.Concurrency || t.Status == record.TrialFailed {
					continue
				}
				objects, failed = objects+t.Objects, failed+t.FailedObjects
				if d := r.Details[t.Trial]; d != nil {
					for _, f := range d.Failed {
						reasons[numbered.ReplaceAllStringFunc(f.Reason, unnumbered)]++
					}
				}
			}
			if len(reasons) == 0 {
				continue
			}
			most := slices.MaxFunc(slices.Sorted(maps.Keys(reasons)), func(a, b string) int { return cmp.Compare(reasons[a], reasons[b]) })
			text := fmt.Sprintf("%d of %d %s failed", failed, objects, a.Workload.units())
			if n := reasons[most]; n < failed {
				text += fmt.Sprintf(", %d of them", n)
			}
			ws = append(ws, Warning{Kind: WarnFailures, Cell: c.Name(), Contestant: name, Text: text + ": " + most})
		}
	}
	return ws
}

// unnumbered is what stands for a part or a range, whichever it is.
func unnumbered(s string) string {
	if s[0] == 'p' {
		return "a part"
	}
	return "a range"
}

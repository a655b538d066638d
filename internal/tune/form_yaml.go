package tune

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// yaml is what a scenario of this project takes. It can express all of a setting.
func (s *set) yaml() Form {
	var b strings.Builder
	if s.PartSize > 0 || s.Concurrency > 0 {
		b.WriteString("workload:\n")
		if s.PartSize > 0 {
			text, _ := units.Size(s.PartSize).MarshalText() // never fails
			fmt.Fprintf(&b, "  part_size: %s\n", text)
		}
		if s.Concurrency > 0 {
			fmt.Fprintf(&b, "  concurrency: %d\n", s.Concurrency)
		}
	}
	fmt.Fprintf(&b, "contestants:\n  - name: %s\n", s.Contestant)
	if len(s.With) > 0 {
		var with []string
		for _, name := range slices.Sorted(maps.Keys(s.With)) {
			with = append(with, fmt.Sprintf("%s: %q", name, s.With[name]))
		}
		fmt.Fprintf(&b, "    with: {%s}\n", strings.Join(with, ", "))
	}
	return Form{Name: "scenario", Title: "Scenario", Syntax: "yaml", Text: b.String()}
}

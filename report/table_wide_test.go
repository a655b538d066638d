package report

import (
	"strings"
	"testing"
)

// Names are cut for a terminal only: who reads a file looks for the whole one.
func TestWideTableKeepsNames(t *testing.T) {
	name := strings.Repeat("long-", 30) + "name"
	lines := []line{{cells: []string{"contestant", "goodput"}}, {cells: []string{name, "1"}}, {cells: []string{oracleLabel, "2"}}}
	for _, wide := range []bool{false, true} {
		var b strings.Builder
		printLines(lines, wide, func(_, s string) { b.WriteString(s + "\n") })
		if strings.Contains(b.String(), name) != wide || strings.Contains(b.String(), "…") == wide {
			t.Errorf("wide %v:\n%s", wide, b.String())
		}
	}
}

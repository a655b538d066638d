package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// alike finds the contestants whose rows look the same, in every column that is shown: what differs further on is less than
// the tables tell. rows are by rank; so are the lists, the longest of them first. The oracle, and who has no trial that counts,
// is like nobody.
func alike(rows []Row) [][]string {
	groups := map[string][]string{}
	var order []string
	columns := fieldsOf(&Cell{Rows: rows})
	for i := range rows {
		r := &rows[i]
		if r.Oracle || r.Trials == 0 {
			continue
		}
		var look strings.Builder
		for _, f := range columns {
			look.WriteString(f.value(r) + "\n")
		}
		if groups[look.String()] == nil {
			order = append(order, look.String())
		}
		groups[look.String()] = append(groups[look.String()], r.Contestant)
	}
	var all [][]string
	for _, look := range order {
		if len(groups[look]) > 1 {
			all = append(all, groups[look])
		}
	}
	slices.SortStableFunc(all, func(a, b []string) int { return cmp.Compare(len(b), len(a)) })
	return all
}

// maxAlikeGroups is how many groups the warning names.
const maxAlikeGroups = 3

// alikeWarnings has a warning for each cell in which somebody is alike, or one in all if it is the same everywhere.
func alikeWarnings(a *Analysis) (ws []Warning) {
	for i := range a.Cells {
		c := &a.Cells[i]
		if len(c.Alike) > 0 {
			ws = append(ws, Warning{Kind: WarnAlike, Cell: c.Name(), Text: alikeText(c.Alike)})
		}
	}
	if len(ws) == len(a.Cells) && len(ws) > 1 && !slices.ContainsFunc(ws, func(w Warning) bool { return w.Text != ws[0].Text }) {
		ws = []Warning{{Kind: WarnAlike, Text: "in every cell: " + ws[0].Text}}
	}
	return ws
}

// alikeText says who cannot be told apart, without naming everybody.
func alikeText(groups [][]string) string {
	var s strings.Builder
	for i, g := range groups {
		switch i {
		case 0:
			fmt.Fprintf(&s, "%d contestants cannot be told apart here: %s", len(g), few(g))
		case maxAlikeGroups:
			fmt.Fprintf(&s, "; and in %d smaller %s", len(groups)-i, plural(len(groups)-i, "group"))
			return s.String()
		default:
			fmt.Fprintf(&s, "; nor can %d: %s", len(g), few(g))
		}
	}
	return s.String()
}

// maxNamed is how many names a sentence has before it counts them.
const maxNamed = 4

// few names the first of a list and counts the others.
func few(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxNamed-1], ", ") + fmt.Sprintf(" and %d more", len(names)-maxNamed+1)
}

package report

import "fmt"

const (
	// manyContestants: with more than so many, nobody tells their markers apart.
	manyContestants = 20
	// maxPanels is how many of them a picture with a panel for each has.
	maxPanels = 12
)

// many says that there are more contestants than markers can tell apart. The oracle does not count.
func many(a *Analysis) bool {
	n := 0
	for _, name := range a.Contestants {
		if name != OracleName {
			n++
		}
	}
	return n > manyContestants
}

// shown lists the contestants that a picture with a place for each has: all, or with too many the best over all cells by rank, and
// the oracle. note says so, and is empty for all.
func shown(a *Analysis) (names []string, note string) {
	if !many(a) {
		return a.Contestants, ""
	}
	competitors := 0
	for i := range a.Overall {
		o := &a.Overall[i]
		if !o.Oracle {
			competitors++
		}
		if o.Oracle || competitors <= maxPanels {
			names = append(names, o.Contestant)
		}
	}
	return names, fmt.Sprintf(" The best %d of %d contestants by rank.", min(competitors, maxPanels), competitors)
}

// alikeTo is how many others look like a contestant in the cell. first is false if one of them is better by rank.
func (c *Cell) alikeTo(contestant string) (others int, first bool) {
	for _, g := range c.Alike {
		for i, name := range g {
			if name == contestant {
				return len(g) - 1, i == 0
			}
		}
	}
	return 0, true
}

// panel is a contestant in a picture with a panel for each, and how many others it stands for.
type panel struct {
	*Row
	others int
}

// bestPanels picks the best by rank, where those alike share a panel, and counts who is in none.
func bestPanels(c *Cell) (panels []panel, left int) {
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Oracle {
			continue
		}
		left++
		if others, first := c.alikeTo(r.Contestant); first && len(panels) < maxPanels {
			panels = append(panels, panel{r, others})
		}
	}
	for _, p := range panels {
		left -= 1 + p.others
	}
	return panels, left
}

// name is the panel's heading: "exponential", "exponential +24".
func (p panel) name() string { return withOthers(labelOf(p.Contestant, p.Oracle), p.others) }

// withOthers names a contestant that stands for others too.
func withOthers(name string, others int) string {
	name = shortenName(name, 40)
	if others > 0 {
		name += fmt.Sprintf(" +%d", others)
	}
	return name
}

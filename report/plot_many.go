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

// standIn is a contestant with a place of its own in a picture over all cells, and how many others that are alike in every cell it stands for.
type standIn struct {
	name   string
	others int
}

// label is what is written beside it, in at most so many columns.
func (d standIn) label(width int) string {
	more := ""
	if d.others > 0 {
		more = fmt.Sprintf(" +%d", d.others)
	}
	return shortenName(labelOf(d.name, d.name == OracleName), width-len(more)) + more
}

// shown lists what a picture with a place for each contestant has: all, or with too many the best over all cells by rank, where those alike share a
// place, and the oracle. note says so, and is empty for all.
func shown(a *Analysis) (places []standIn, note string) {
	if !many(a) {
		for _, name := range a.Contestants {
			places = append(places, standIn{name: name})
		}
		return places, ""
	}
	at, competitors, left := map[string]int{}, 0, 0 // at: in places, by look
	for i := range a.Overall {
		o := &a.Overall[i]
		if o.Oracle {
			places = append(places, standIn{name: o.Contestant})
			continue
		}
		competitors++
		look := lookOf(a, nil, o.Contestant)
		switch i, ok := at[look]; {
		case ok:
			places[i].others++
		case len(at) < maxPanels:
			at[look] = len(places)
			places = append(places, standIn{name: o.Contestant})
		default:
			left++
		}
	}
	note = fmt.Sprintf(" The best of %d contestants by rank; who is alike in every cell is drawn as one (+n)", competitors)
	if left > 0 {
		note += fmt.Sprintf("; %d are left out", left)
	}
	return places, note + "."
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

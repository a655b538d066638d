package report

import "slices"

// perCell puts what a section has for each cell. In a grid each is a part that opens; the first is open.
func (p *page) perCell(m *markup, section string, body func(m *markup, c *Cell)) {
	for i := range p.a.Cells {
		c := &p.a.Cells[i]
		if len(p.a.Cells) == 1 {
			body(m, c)
			return
		}
		open := ""
		if i == 0 {
			open = " open"
		}
		m.put(`<details class="cell" data-cell="%s" id="%s"%s><summary>%s</summary>`, c.slug(), cellID(section, c), open, c.Name())
		body(m, c)
		m.put("</details>\n")
	}
}

// perRow puts the rows of a cell, or of all cells if c is nil, below each other, the best by rank first. Where there are many, those that
// look like one before them and those that come after the best are behind a summary.
func (p *page) perRow(m *markup, c *Cell, id string, rows []*Row, body func(m *markup, r *Row, others int)) {
	first, rest := p.split(c, rows)
	for _, s := range first {
		body(m, s.Row, s.others)
	}
	if len(rest) == 0 {
		return
	}
	m.put(`<details class="rest" id="%s"><summary>%d more by rank, or alike one of these</summary>`, id+"-rest", len(rest))
	for _, r := range rest {
		body(m, r, 0)
	}
	m.put("</details>")
}

// split says which rows are shown at first, and for how many others that are alike each stands, and which are not.
func (p *page) split(c *Cell, rows []*Row) (first []panel, rest []*Row) {
	at := map[string]int{} // in first, by look
	for _, r := range rows {
		look := lookOf(p.a, c, r.Contestant)
		i, ok := at[look]
		switch {
		case !p.many || !ok && len(first) < maxPanels:
			at[look] = len(first)
			first = append(first, panel{Row: r})
		case ok:
			first[i].others++
			rest = append(rest, r)
		default:
			rest = append(rest, r)
		}
	}
	return first, rest
}

// lookOf names whom a contestant cannot be told from: in one cell, or in all of them if c is nil.
func lookOf(a *Analysis, c *Cell, contestant string) string {
	if c == nil {
		look := ""
		for i := range a.Cells {
			look += lookOf(a, &a.Cells[i], contestant) + "\n"
		}
		return look
	}
	for _, g := range c.Alike {
		if slices.Contains(g, contestant) {
			return g[0]
		}
	}
	return contestant
}

// putAlike says for how many others a contestant stands.
func putAlike(m *markup, others int) {
	if others > 0 {
		m.put(` <small>and %d alike</small>`, others)
	}
}

// faint says in a class that a contestant stands in the background, where there are many and it is not among the best. rank counts from 0.
func (p *page) faint(rank int, oracle bool) string {
	if p.many && rank >= maxPanels && !oracle {
		return " faint"
	}
	return ""
}

// legend names the contestants of a cell with their marks.
func (p *page) legend(m *markup, rows []*Row) {
	m.put(`<ul class="legend">`)
	for i, r := range rows {
		if p.faint(i, r.Oracle) == "" {
			m.put(`<li data-c="%d">`, indexOf(p.a, r.Contestant))
		} else {
			m.put(`<li data-c="%d" class="late">`, indexOf(p.a, r.Contestant))
		}
		putName(m, p.a, r.Contestant)
		m.put(`</li>`)
	}
	m.put("</ul>")
}

// rowsWith are the rows of a cell for which has holds, by rank, the oracle last.
func rowsWith(c *Cell, has func(r *Row) bool) (rows []*Row) {
	for i := range c.Rows {
		if has(&c.Rows[i]) {
			rows = append(rows, &c.Rows[i])
		}
	}
	return rows
}

// anyRow reports whether has holds for a row of any cell.
func anyRow(a *Analysis, has func(r *Row) bool) bool {
	for i := range a.Cells {
		if len(rowsWith(&a.Cells[i], has)) > 0 {
			return true
		}
	}
	return false
}

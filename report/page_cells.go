package report

import "strconv"

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
		m.put(`<details class="cell" data-cell="%d" id="%s"%s><summary>%s</summary>`, i, cellID(section, i), open, c.Name())
		body(m, c)
		m.put("</details>\n")
	}
}

// perRow puts the rows of a cell below each other, the best by rank; where there are many, those that come after are behind a summary.
func (p *page) perRow(m *markup, id string, rows []*Row, body func(m *markup, r *Row)) {
	for i, r := range rows {
		if p.many && i == maxPanels {
			m.put(`<details class="rest" id="%s"><summary>%s</summary>`, id+"-rest", strconv.Itoa(len(rows)-i)+" more by rank")
		}
		body(m, r)
	}
	if p.many && len(rows) > maxPanels {
		m.put("</details>")
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

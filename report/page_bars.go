package report

import (
	"fmt"
	"strconv"
)

// bar is a row of stacked parts.
type bar struct {
	row   *Row
	parts []float64
	texts []string // of the parts, with their intervals; nil: they have none
	total string   // beside the bar
}

// barKind says how the parts of bars are called and drawn.
type barKind struct {
	caption string
	names   []string
	fills   []string // classes
	text    func(v float64) string
	unit    string
}

// bars puts stacked bars of which the longest fills the width, with a legend and the numbers as a table.
func (p *page) bars(m *markup, c *Cell, id string, kind barKind, bars []bar, share bool) {
	m.put(`<ul class="legend keys">`)
	for i, name := range kind.names {
		m.put(`<li><svg class="key" width="22" height="14" aria-hidden="true"><rect class="%s" width="22" height="14"/></svg>%s</li>`, kind.fills[i], name)
	}
	m.put(`</ul><div class="bars">`)
	of := map[*Row]bar{}
	var rows []*Row
	for _, b := range bars {
		of[b.row], rows = b, append(rows, b.row)
	}
	longest := 0.0
	first, _ := p.split(c, rows) // the scale is theirs; longer ones are cut
	for _, s := range first {
		longest = max(longest, sum(of[s.Row].parts))
	}
	var lines [][]string
	p.perRow(m, c, id, rows, func(m *markup, r *Row, others int) {
		b := of[r]
		line := []string{labelOf(r.Contestant, r.Oracle)}
		whole := longest
		if share {
			whole = sum(b.parts)
		}
		m.put(`<div class="bar" data-c="%d"><p class="who">`, indexOf(p.a, r.Contestant))
		putName(m, p.a, r.Contestant)
		putAlike(m, others)
		m.put(`</p><svg role="img" width="100%%" height="26"><title>%s, %s</title>`, kind.caption, labelOf(r.Contestant, r.Oracle))
		x := pc(0)
		for i, v := range b.parts {
			full := kind.text(v)
			if b.texts != nil {
				full = b.texts[i]
			}
			line = append(line, full)
			if v <= 0 || whole <= 0 {
				continue
			}
			w := pc(100 * v / whole)
			m.put(`<rect class="%s" x="%v" width="%v" height="26"><title>%s: %s%s, %s</title></rect>`, kind.fills[i], x, max(w, 0.15), kind.names[i], full, kind.unit,
				percent(v/sum(b.parts)))
			if w > pc(1.1*float64(len([]rune(full)))+2) { // else it is in the title and in the table
				tight := ""
				if w < pc(2.3*float64(len([]rune(full)))+3) { // there is no room on a phone and on paper
					tight = " tight"
				}
				m.put(`<text class="on-%s%s" x="%v" y="13">%s</text>`, kind.fills[i], tight, x+w/2, full)
			}
			x += w
		}
		cut := ""
		if x > 100.01 {
			cut = " (cut)"
		}
		m.put(`</svg><p class="total">%s%s</p></div>`, b.total, cut)
		lines = append(lines, append(line, b.total))
	})
	m.put("</div>\n")
	dataTable(m, kind.caption, append(append([]string{"contestant"}, kind.names...), "in all"), lines)
}

// attempts puts how many attempts calls took, over all cells.
func (p *page) attempts(m *markup) {
	kind := barKind{caption: "Attempts that calls took", text: func(v float64) string { return strconv.Itoa(int(v)) }, unit: " calls"}
	for i, o := range outcomes {
		kind.names, kind.fills = append(kind.names, o.name), append(kind.fills, "a"+strconv.Itoa(i))
	}
	if !p.a.Workload.Calls { // see retriesPicture
		kind.names[len(kind.names)-1] += " or cancelled"
	}
	var bars []bar
	for _, r := range p.everybody() {
		var calls Calls
		for i := range p.a.Cells {
			for j := range p.a.Cells[i].Rows {
				if x := &p.a.Cells[i].Rows[j]; x.Contestant == r.Contestant {
					for k, n := range x.Calls.By {
						calls.By[k] += n
					}
					calls.GaveUp += x.Calls.GaveUp
				}
			}
		}
		b := bar{row: r, total: fmt.Sprintf("%s %s", num(float64(calls.sum())), plural(calls.sum(), "call"))}
		for _, n := range calls.By {
			b.parts = append(b.parts, float64(n))
		}
		b.parts = append(b.parts, float64(calls.GaveUp))
		bars = append(bars, b)
	}
	p.bars(m, nil, "attempts", kind, bars, true)
}

// budgetColumns are the parts of a part's time, in their order.
var budgetColumns = []string{"slot_s", "limiter_s", "connection_s", "sending_s", "server_s", "backoff_s"}

func hasBudget(r *Row) bool {
	for _, name := range budgetColumns {
		if r.Stat(name).N > 0 {
			return true
		}
	}
	return false
}

// budget puts what a part, or a call, spent its time on.
func (p *page) budget(m *markup, c *Cell) {
	rows := rowsWith(c, hasBudget)
	if len(rows) == 0 {
		m.put(`<p class="none">No trial of this cell has a time budget.</p>`)
		return
	}
	kind := barKind{caption: "Time budget, " + c.Name(), text: seconds}
	for i, name := range budgetColumns {
		mt, _ := MetricOf(name)
		kind.names, kind.fills = append(kind.names, mt.Label), append(kind.fills, "p"+strconv.Itoa(i))
	}
	var bars []bar
	for _, r := range rows {
		b := bar{row: r}
		for _, name := range budgetColumns {
			b.parts = append(b.parts, r.Stat(name).Median)
			b.texts = append(b.texts, secondsInterval(r.Stat(name)))
		}
		b.total = secondsInterval(r.BudgetS)
		bars = append(bars, b)
	}
	p.bars(m, c, cellID("budget", c), kind, bars, false)
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

package report

// pagePlanes are the metrics of both planes that the page has, in their order: what went wrong first, since a wide table is cut at the right.
var pagePlanes = []string{
	"restarted_files", "orphaned_uploads", "discarded_bytes", "wall_s", "attempts", "control_calls", "control_attempts", "control_calls_per_part", "tokens", "control_p50_s", "control_p99_s",
	"data_attempts", "data_p50_s", "data_p99_s", "byte_amplification",
}

// planes puts what the control plane was asked beside what the data plane moved, and all that is known of both as a table.
func (p *page) planes(m *markup, c *Cell) {
	rows := rowsWith(c, hasPlanes)
	if len(rows) == 0 {
		m.put(`<p class="none">Nothing is known of a control plane in this cell.</p>`)
		return
	}
	sides := []struct{ metric, name, fill string }{
		{"control_calls_per_part", "control calls per part (fewer is better)", "a2"},
		{"goodput_mib_s", "goodput, MiB/s (more is better)", "a1"},
	}
	most := make([]float64, len(sides))
	m.put(`<ul class="legend keys">`)
	for i, side := range sides {
		for _, r := range rows {
			most[i] = max(most[i], r.Stat(side.metric).Median)
		}
		if most[i] == 0 { // of files that are deleted there is no goodput, say
			continue
		}
		m.put(`<li><svg class="key" width="22" height="14" aria-hidden="true"><rect class="%s" width="22" height="14"/></svg>%s</li>`, side.fill, side.name)
	}
	m.put(`</ul><div class="bars">`)
	p.perRow(m, c, cellID("planes", c), rows, func(m *markup, r *Row, others int) {
		m.put(`<div class="bar two" data-c="%d"><p class="who">`, indexOf(p.a, r.Contestant))
		putName(m, p.a, r.Contestant)
		putAlike(m, others)
		m.put(`</p>`)
		for i, side := range sides {
			if most[i] == 0 {
				continue
			}
			s := r.Stat(side.metric)
			w := pc(55 * s.Median / most[i]) // the rest is the number's
			m.put(`<svg role="img" width="100%%" height="22"><title>%s, %s: %s</title><rect class="%s" width="%v" height="22"/><text x="%v" y="11">%s</text></svg>`,
				labelOf(r.Contestant, r.Oracle), side.name, spread(s), side.fill, w, w+1, interval(s))
		}
		m.put(`</div>`)
	})
	m.put("</div>\n")
	p.planesTable(m, c, rows)
}

// planesTable puts the numbers of both planes, without the columns that have no value.
func (p *page) planesTable(m *markup, c *Cell, rows []*Row) {
	var shown []Metric
	for _, name := range pagePlanes {
		if name == "wall_s" && p.a.Workload.moves() {
			continue
		}
		if len(rowsWith(c, func(r *Row) bool { return r.Stat(name).N > 0 })) > 0 {
			metric, _ := MetricOf(name)
			shown = append(shown, metric)
		}
	}
	caption := planesTitle + ", " + c.Name()
	m.put(`<div class="scroll" role="region" aria-label="%s" tabindex="0"><table class="planes"><caption>%s: medians with their intervals</caption><thead><tr><th scope="col" class="name">contestant</th><th scope="col">failed <small>%s</small></th>`, caption, caption, p.a.Workload.units())
	for _, metric := range shown {
		m.put(`<th scope="col">%s`, metric.Label)
		if unit := unitShown(metric); unit != "" {
			m.put(` <small>%s</small>`, unit)
		}
		m.put(`</th>`)
	}
	m.put(`</tr></thead><tbody>`)
	for _, r := range rows {
		look := ""
		if r.Oracle {
			look = "oracle"
		}
		m.put(`<tr data-c="%d" class="%s"><th scope="row" class="name">`, indexOf(p.a, r.Contestant), look)
		putName(m, p.a, r.Contestant)
		m.put(`</th>`)
		failed := lostCell(r)
		m.put(`<td title="%s">%s</td>`, failed.Title, failed.Text)
		for _, metric := range shown {
			k := cellOf(r.Stat(metric.Name), metric)
			m.put(`<td title="%s">%s<small>%s</small></td>`, k.Title, k.Text, k.Rest)
		}
		m.put("</tr>")
	}
	m.put("</tbody></table></div>\n")
}

package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// heatSteps is how many shades a map has.
const heatSteps = 9

// grid puts maps of part size × concurrency: for each metric a small table for each contestant, all of one metric on one scale.
func (p *page) grid(m *markup) {
	var sizes []int64
	var flights []int
	for i := range p.a.Cells {
		sizes, flights = append(sizes, p.a.Cells[i].PartSize), append(flights, p.a.Cells[i].Concurrency)
	}
	slices.Sort(sizes)
	slices.Sort(flights)
	sizes, flights = slices.Compact(sizes), slices.Compact(flights)
	for _, name := range heatMetrics {
		metric, _ := MetricOf(name)
		low, high, ok := p.heatRange(name)
		if !ok {
			m.put(`<p class="none">No map of %s: it has no value in any cell.</p>`, metric.Label)
			continue
		}
		better := "more is better"
		if metric.Better == Lower {
			better = "less is better"
		}
		unit := metric.Unit
		if unit == "" {
			unit = "attempts per call"
		}
		m.put(`<h3>%s, %s <small>%s</small></h3>`, upperFirst(metric.Label), unit, better)
		m.put(`<p class="scale" aria-hidden="true"><span>%s</span>`, num(low))
		for i := range heatSteps {
			m.put(`<i class="h%d"></i>`, i)
		}
		m.put(`<span>%s</span></p><div class="maps" data-metric="%s">`, num(high), name)
		p.perRow(m, nil, "map-"+name, p.everybody(), func(m *markup, r *Row, others int) {
			m.put(`<table class="map" data-c="%d"><caption>`, indexOf(p.a, r.Contestant))
			putName(m, p.a, r.Contestant)
			putAlike(m, others)
			m.put(`</caption><thead><tr><th scope="col"><small>%s</small></th>`, map[bool]string{true: "size", false: "part size"}[p.a.Workload.Calls])
			for i, n := range flights {
				label := strconv.Itoa(n)
				if i == 0 {
					label += " " + map[bool]string{true: "at a time", false: "in flight"}[p.a.Workload.Calls]
				}
				m.put(`<th scope="col">%s</th>`, label)
			}
			m.put(`</tr></thead><tbody>`)
			for _, size := range sizes {
				m.put(`<tr><th scope="row">%s</th>`, units.Size(size).String())
				for _, n := range flights {
					p.heatCell(m, r.Contestant, name, size, n, low, high)
				}
				m.put("</tr>")
			}
			m.put("</tbody></table>\n")
		})
		m.put("</div>\n")
	}
}

// heatRange is the lowest and the highest value of a metric over the grid.
func (p *page) heatRange(metric string) (low, high float64, ok bool) {
	for i := range p.a.Cells {
		for j := range p.a.Cells[i].Rows {
			if s := p.a.Cells[i].Rows[j].Stat(metric); s.N > 0 {
				if !ok {
					low, high, ok = s.Median, s.Median, true
				}
				low, high = min(low, s.Median), max(high, s.Median)
			}
		}
	}
	return low, high, ok
}

// heatCell puts one number of a map, and in data-d the differences to each of the baselines: what is shown, and a shade.
func (p *page) heatCell(m *markup, contestant, metric string, size int64, flights int, low, high float64) {
	for i := range p.a.Cells {
		c := &p.a.Cells[i]
		if c.PartSize != size || c.Concurrency != flights {
			continue
		}
		for j := range c.Rows {
			r := &c.Rows[j]
			s := r.Stat(metric)
			if r.Contestant != contestant || s.N == 0 {
				continue
			}
			step := 0
			if high > low {
				step = min(int((s.Median-low)/(high-low)*heatSteps), heatSteps-1)
			}
			var deltas []string
			for _, d := range r.Deltas[metric] {
				deltas = append(deltas, deltaText(d, metric))
			}
			text, rest := halves(s)
			m.put(`<td class="h%d" data-cell="%s" data-d="%s" title="%s">%s<small>%s</small></td>`, step, c.slug(), strings.Join(deltas, "|"), statTitle(s, metric), text, rest)
			return
		}
	}
	m.put(`<td>%s</td>`, none)
}

// deltaText is a difference as the page's script takes it: shade from -4 (worse) to 4 (better), what is shown, with ~ where it may be
// chance, and its interval, if it has one. Empty: it is not known.
func deltaText(d Delta, metric string) string {
	switch {
	case d.Self:
		return "0,baseline"
	case !d.Known:
		return ""
	}
	by, steps, text, interval := d.By, []float64{0.005, 0.05, 0.15, 0.4}, "", ""
	signed := signedPercent
	if metric == "recovery_s" {
		steps, signed = []float64{0.05, 0.5, 1.5, 4}, func(f float64) string { return signedChange(f) + " s" }
	}
	text = signed(d.By)
	if d.Low != d.High {
		interval = "," + signed(d.Low) + " to " + signed(d.High)
	}
	if mt, _ := MetricOf(metric); mt.Better == Lower {
		by = -by
	}
	shade := 0
	for _, s := range steps {
		if by > s {
			shade++
		} else if by < -s {
			shade--
		}
	}
	if d.Unsure {
		return strconv.Itoa(min(max(shade, -1), 1)) + ",~" + text + interval
	}
	return strconv.Itoa(shade) + "," + text + interval
}

// signedChange prints a number with its sign, and a real minus.
func signedChange(f float64) string {
	s := num(f)
	switch {
	case strings.Trim(s, "-0.") == "":
		return "±0"
	case f > 0:
		return "+" + s
	}
	return strings.Replace(s, "-", "−", 1)
}

// signedPercent prints a share with its sign, and no digits that mean nothing.
func signedPercent(f float64) string {
	digits := 1
	if f >= 0.0995 || f <= -0.0995 {
		digits = 0
	}
	s := strconv.FormatFloat(f*100, 'f', digits, 64)
	switch {
	case strings.Trim(s, "-0.") == "":
		return "±0%"
	case f > 0:
		return "+" + s + "%"
	}
	return strings.Replace(s, "-", "−", 1) + "%"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

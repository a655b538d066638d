package report

import (
	"fmt"
	"slices"
)

func hasHerd(r *Row) bool { return len(r.Herds) > 0 }

func hasClients(r *Row) bool { return len(r.Clients) > 1 }

// maxHerds is how many trials of a contestant are shown.
const maxHerds = 6

// herds puts a raster of arrivals after a hint ran out, or a window of trouble ended: a line for each trial, a stroke for each hundredth of a second.
func (p *page) herds(m *markup, c *Cell) {
	rows := rowsWith(c, hasHerd)
	if len(rows) == 0 {
		m.put(`<p class="none">No second of this cell has a herd: no hint ran out and no trouble ended, or too few attempts came after it.</p>`)
		return
	}
	peak := 1
	for _, r := range rows {
		for _, h := range r.Herds {
			peak = max(peak, slices.Max(h.Bins))
		}
	}
	var lines [][]string
	m.put(`<div class="bars raster">`)
	p.perRow(m, c, cellID("herd", c), rows, func(m *markup, r *Row, others int) {
		m.put(`<div class="bar" data-c="%d"><p class="who">`, indexOf(p.a, r.Contestant))
		putName(m, p.a, r.Contestant)
		putAlike(m, others)
		m.put(`</p><div>`)
		for _, h := range r.Herds[:min(len(r.Herds), maxHerds)] {
			top := slices.Max(h.Bins)
			m.put(`<svg role="img" class="%s" width="100%%" height="22" viewBox="0 0 %d %d" preserveAspectRatio="none"><title>%s: at most %d arrivals in 10 ms, in the second from %s s</title><path d="`,
				hueClass(p.a, r.Contestant), len(h.Bins), peak, labelOf(r.Contestant, r.Oracle), top, num(h.FromS))
			for x, n := range h.Bins {
				if n > 0 {
					m.put("M%d.5,%dv-%d", x, peak, n)
				}
			}
			m.put(`"/></svg>`)
		}
		index := r.Stat("herd_index")
		m.put(`</div><p class="total">%s</p></div>`, interval(index))
		lines = append(lines, []string{labelOf(r.Contestant, r.Oracle), fmt.Sprint(r.HerdPeak.N), interval(index), interval(r.HerdPeak), num(r.HerdPeak.Max)})
	})
	m.put(`<div class="bar numbers"><p></p><svg width="100%%" height="20" aria-hidden="true">`)
	for i := 0; i <= 10; i += 2 {
		m.put(`<text class="tx" x="%v" y="0">%s s</text>`, pc(10*i), tickText(float64(i)/10))
	}
	m.put(`</svg><p></p></div></div><p class="xlabel">time since the hint ran out or the trouble ended; the number at the right is the herd index</p>`)
	dataTable(m, "Arrivals after a hint ran out or the trouble ended, "+c.Name(), []string{"contestant", "trials", "herd index", "most arrivals in 10 ms", "most in any trial"}, lines)
}

// fairness puts the goodput of each client, the lowest first.
func (p *page) fairness(m *markup, c *Cell) {
	rows := rowsWith(c, hasClients)
	if len(rows) == 0 {
		m.put(`<p class="none">There is one client in this cell.</p>`)
		return
	}
	top := 0.0
	for _, r := range rows {
		top = max(top, r.Clients[len(r.Clients)-1])
	}
	var lines [][]string
	m.put(`<div class="bars fair">`)
	p.perRow(m, c, cellID("fairness", c), rows, func(m *markup, r *Row, others int) {
		n := len(r.Clients)
		m.put(`<div class="bar" data-c="%d"><p class="who">`, indexOf(p.a, r.Contestant))
		putName(m, p.a, r.Contestant)
		putAlike(m, others)
		m.put(`</p><svg role="img" class="%s" width="100%%" height="44"><title>%s: the clients' goodput goes from %s to %s MiB/s</title><line class="axis" x2="100%%" y1="100%%" y2="100%%"/>`,
			hueClass(p.a, r.Contestant), labelOf(r.Contestant, r.Oracle), interval(r.ClientStats[0]), interval(r.ClientStats[n-1]))
		for i, v := range r.Clients {
			share := pc(0)
			if top > 0 {
				share = pc(100 * v / top)
			}
			step := 100 / float64(n)
			wide := min(step*0.8, 8) // two clients are no walls
			m.put(`<rect x="%v" width="%v" y="%v" height="%v"><title>%s MiB/s</title></rect>`, pc(float64(i)*step+(step-wide)/2), pc(wide), 100-share, share, interval(r.ClientStats[i]))
		}
		index := interval(r.Stat("fairness"))
		m.put(`</svg><p class="total">%s</p></div>`, index)
		lines = append(lines, []string{labelOf(r.Contestant, r.Oracle), index, interval(r.ClientStats[0]), interval(r.ClientMiddle), interval(r.ClientStats[n-1])})
	})
	m.put(`</div><p class="xlabel">clients, the lowest goodput first; full height is %s MiB/s; the number at the right is Jain’s index</p>`, num(top))
	dataTable(m, fmt.Sprintf("Goodput of clients in MiB/s, %s", c.Name()), []string{"contestant", "Jain’s index", "lowest", "median", "highest"}, lines)
}

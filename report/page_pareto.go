package report

import (
	"fmt"

	"github.com/mattn/go-runewidth"
	"gonum.org/v1/plot/vg"
)

const (
	tradeHeight = 420
	// tradeWidth is how wide the plot is thought to be when labels are placed. Where it is narrower they are not shown, since the legend
	// says the same.
	tradeWidth = 1000
	labelWidth = 7.2 // of a character, in pixels
)

// tradeOff puts goodput against amplification: a mark for each contestant in each cell.
func (p *page) tradeOff(m *markup) {
	grid := len(p.a.Cells) > 1
	top, far := 0.0, 1.0
	for i := range p.a.Cells {
		_, high, wide := marksOf(p.a, &p.a.Cells[i])
		top, far = max(top, high), max(far, wide)
	}
	if top == 0 {
		m.put(`<p class="none">Nothing to show: no verified %s.</p>`, p.a.Workload.units())
		return
	}
	frame := paretoAxes(box(0, 0, 100, 100), top, far)
	plane := newPlane(tradeHeight, frame.x.min, frame.x.max, frame.y.min, frame.y.max)
	plane.x.log = frame.x.log
	plane.xTicks = plane.x.ticks(8)
	if plane.x.log {
		plane.xTicks = logTicks(plane.x, 10)
	}
	plane.title = "Goodput against amplification"
	plane.desc = "Each mark is a contestant. Higher is more verified bytes per second, further left is fewer attempts per call."
	plane.class = "trade"
	if grid {
		plane.class += " crowded" // crosses only of what is chosen
	}
	plane.xLabel = "amplification, attempts per call (fewer is better)"
	plane.yLabel = "goodput, MiB/s (more is better)"
	plane.open(m)
	for i := range p.a.Cells {
		p.tradeMarks(m, plane, &p.a.Cells[i], grid)
	}
	plane.close(m)
	if grid {
		p.legend(m, p.everybody())
	} else {
		p.legend(m, rowsWith(&p.a.Cells[0], func(r *Row) bool { return r.Trials > 0 }))
	}
	p.tradeTable(m)
}

// tradeMarks puts the marks of one cell, those in the background first.
func (p *page) tradeMarks(m *markup, plane *plane, c *Cell, grid bool) {
	if !grid {
		p.front(m, plane, c)
	}
	var taken []vg.Rectangle
	var at []vg.Point
	for i := len(c.Rows) - 1; i >= 0; i-- {
		r := &c.Rows[i]
		goodput, attempts := r.Stat("goodput_mib_s"), r.Stat("amplification")
		if goodput.N == 0 || attempts.N == 0 {
			continue
		}
		x, y := plane.at(attempts.Median, goodput.Median)
		m.put(`<g data-c="%d" data-cell="%s" class="%s%s"><title>%s: %s MiB/s at %s %s; %s</title>`, indexOf(p.a, r.Contestant), c.slug(),
			hueClass(p.a, r.Contestant), p.faint(p.rank[r.Contestant], r.Oracle), labelOf(r.Contestant, r.Oracle), spread(goodput), spread(attempts), attemptsPer(attempts), c.Name())
		if goodput.N > 1 {
			x1, y1 := plane.at(attempts.Low, goodput.Low)
			x2, y2 := plane.at(attempts.High, goodput.High)
			m.put(`<line class="cross" x1="%v" x2="%v" y1="%v" y2="%v"/><line class="cross" x1="%v" x2="%v" y1="%v" y2="%v"/>`, x1, x2, y, y, x, x, y1, y2)
			taken = append(taken, rectOf(x1, y, x2, y, 1), rectOf(x, y2, x, y1, 1))
		}
		m.put(`<use href="#%s" x="%v" y="%v"/></g>`, glyphMark(p.a, r.Contestant), x, y)
		taken, at = append(taken, rectOf(x, y, x, y, 7)), append(at, tradePoint(x, y))
	}
	if grid {
		return
	}
	m.put(`<g class="labels" aria-hidden="true">`)
	for i := range c.Rows {
		r := &c.Rows[i]
		goodput, attempts := r.Stat("goodput_mib_s"), r.Stat("amplification")
		if goodput.N == 0 || attempts.N == 0 || p.faint(p.rank[r.Contestant], r.Oracle) != "" {
			continue
		}
		label := shortenName(labelOf(r.Contestant, r.Oracle), 28)
		here := tradePoint(plane.at(attempts.Median, goodput.Median))
		width := vg.Length(labelWidth*float64(runewidth.StringWidth(label))) * px
		where, far, ok := placeLabel(here, width, 16*px, box(0, 0, tradeWidth*px, tradeHeight*px), taken, at, true)
		if !ok {
			continue
		}
		taken = append(taken, where)
		x, y := tradeShare((where.Min.X+where.Max.X)/2, (where.Min.Y+where.Max.Y)/2)
		if far {
			end := nearest(where, here)
			x1, y1 := tradeShare(here.X, here.Y)
			x2, y2 := tradeShare(end.X, end.Y)
			m.put(`<line class="lead" x1="%v" y1="%v" x2="%v" y2="%v"/>`, x1, y1, x2, y2)
		}
		m.put(`<text data-c="%d" x="%v" y="%v">%s</text>`, indexOf(p.a, r.Contestant), x, y, label)
	}
	m.put(`</g>`)
}

// front joins the contestants that nobody beats in both.
func (p *page) front(m *markup, plane *plane, c *Cell) {
	rows := rowsWith(c, func(r *Row) bool { return r.Front })
	if len(rows) < 2 {
		return
	}
	sortByAmplification(rows)
	var line polyline
	for i, r := range rows {
		x, y := r.Stat("amplification").Median, r.Stat("goodput_mib_s").Median
		if i > 0 { // a step: what lies between two is not to be had
			line.add(plane, x, rows[i-1].Stat("goodput_mib_s").Median)
		}
		line.add(plane, x, y)
	}
	openLines(m)
	m.put(`<polyline class="front" points="%s"/>`, line.String())
	closeLines(m)
}

// tradePoint and tradeShare turn shares of the plot into the units in which labels are placed, and back.
func tradePoint(x, y pc) vg.Point {
	return vg.Point{X: vg.Length(x) / 100 * tradeWidth * px, Y: vg.Length(y) / 100 * tradeHeight * px}
}

func tradeShare(x, y vg.Length) (left, top pc) {
	return pc(x / px / tradeWidth * 100), pc(y / px / tradeHeight * 100)
}

func rectOf(x1, y1, x2, y2 pc, pad vg.Length) vg.Rectangle {
	a, b := tradePoint(x1, y1), tradePoint(x2, y2)
	return box(a.X-pad*px, a.Y-pad*px, b.X+pad*px, b.Y+pad*px)
}

func (p *page) tradeTable(m *markup) {
	var lines [][]string
	for i := range p.a.Cells {
		c := &p.a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			beaten := "no"
			if !r.Front {
				beaten = "yes"
			}
			if r.Oracle {
				beaten = none
			}
			lines = append(lines, []string{labelOf(r.Contestant, r.Oracle), c.Name(), spread(r.Stat("goodput_mib_s")), spread(r.Stat("amplification")), beaten})
		}
	}
	dataTable(m, fmt.Sprintf("Goodput and amplification, %d %s", len(p.a.Cells), plural(len(p.a.Cells), "cell")),
		[]string{"contestant", "cell", "goodput, MiB/s", "attempts per call", "beaten in both"}, lines)
}

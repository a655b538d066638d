package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mark is a contestant in a cell: what it reached and what it asked of the server for it.
type mark struct {
	contestant, label string
	rank              int // in its cell, from 1
	others            int // that it stands for
	style             draw.GlyphStyle
	goodput, attempts Stat
	at                vg.Point
}

// paretoPicture shows goodput against amplification. Whoever is above and to the left of another is better in both.
func paretoPicture(a *Analysis) *picture {
	grid := len(a.Cells) > 1
	var marks []mark
	top1, far := 0.0, 1.0
	for i := range a.Cells {
		more, high, wide := marksOf(a, &a.Cells[i])
		top1, far = max(top1, high), max(far, wide)
		for j := range more {
			if grid {
				more[j].label = a.Cells[i].short()
			}
		}
		marks = append(marks, more...)
	}
	caption := "Up is more verified bytes per second, left is fewer requests for them: upper left is better."
	if a.Repeats > 1 && !grid {
		caption += " Crosses: intervals of the medians."
	}
	if grid {
		caption += " Labels: " + a.Workload.sizes() + " × " + a.Workload.flights() + ", where there is room."
	}
	p := &picture{Picture: Picture{Name: "goodput-amplification", Title: "Goodput against amplification: " + title(a), Caption: caption}}
	above := vg.Length(0)
	if grid {
		above = legendHeight(legendOf(a))
	}
	p.height = p.headHeight() + paretoHeight + above
	p.draw = func(dc draw.Canvas) {
		if top1 == 0 {
			say(dc, "no verified "+a.Workload.units())
			return
		}
		if grid {
			drawLegend(dc, legendOf(a))
		}
		ax := drawPareto(dc, above, top1, far)
		drawMarks(dc, ax, marks, grid)
	}
	return p
}

// paretoHeight is what the frame, its numbers and labels take.
const paretoHeight = 440 * px

// marksOf are the marks of a cell by rank, with the highest goodput and the highest amplification.
func marksOf(a *Analysis, c *Cell) (marks []mark, top1, far float64) {
	far = 1
	for i := range c.Rows {
		r := &c.Rows[i]
		m := mark{contestant: r.Contestant, rank: i + 1, style: look(a, r.Contestant), goodput: r.Stat("goodput_mib_s"), attempts: r.Stat("amplification")}
		if m.goodput.N == 0 || m.attempts.N == 0 {
			continue
		}
		m.label = shortenName(labelOf(r.Contestant, r.Oracle), 28)
		top1, far = max(top1, m.goodput.High), max(far, m.attempts.High)
		marks = append(marks, m)
	}
	return marks, top1, far
}

// paretoAxes are the scales for goodputs up to top1 and amplifications up to far.
func paretoAxes(r vg.Rectangle, top1, far float64) *axes {
	ax := newAxes(r, 1-(far-1)*0.04, 1+(far-1)*1.1, 0, top1*1.1)
	if far > 8 { // some hammer, and the others would be one heap
		ax.x = scale{min: 0.9, max: far * 1.3, from: r.Min.X, to: r.Max.X, log: true}
	} else if far < 1.2 {
		ax.x.min, ax.x.max = 0.99, 1.25
	}
	return ax
}

// drawPareto draws the frame below a legend.
func drawPareto(dc draw.Canvas, legend vg.Length, top1, far float64) *axes {
	r := box(dc.Min.X+yAxisWidth, dc.Min.Y+xAxisHeight, dc.Max.X-12*px, dc.Max.Y-legend-8*px)
	ax := paretoAxes(r, top1, far)
	ax.grid(dc, 8, 6, true)
	ax.frame(dc)
	ax.xLabel(dc, "amplification, attempts per call")
	yLabel(dc, r, "goodput, MiB/s")
	return ax
}

func drawMarks(dc draw.Canvas, ax *axes, marks []mark, grid bool) {
	var taken []vg.Rectangle
	for i := range marks {
		m := &marks[i]
		m.at = vg.Point{X: ax.x.at(m.attempts.Median), Y: ax.y.at(m.goodput.Median)}
		thin := draw.LineStyle{Color: m.style.Color, Width: 1.2 * px}
		if !grid && m.goodput.N > 1 { // in a grid there would be too many
			across := box(ax.x.at(m.attempts.Low), m.at.Y, ax.x.at(m.attempts.High), m.at.Y)
			up := box(m.at.X, ax.y.at(m.goodput.Low), m.at.X, ax.y.at(m.goodput.High))
			for _, r := range []vg.Rectangle{across, up} {
				dc.StrokeLine2(thin, r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)
				taken = append(taken, box(r.Min.X-px, r.Min.Y-px, r.Max.X+px, r.Max.Y+px))
			}
		}
		pad := m.style.Radius + 1*px
		taken = append(taken, box(m.at.X-pad, m.at.Y-pad, m.at.X+pad, m.at.Y+pad))
	}
	for i := range marks {
		dc.DrawGlyph(marks[i].style, marks[i].at)
	}
	var points []vg.Point
	for i := range marks {
		points = append(points, marks[i].at)
	}
	for i := range marks {
		m := &marks[i]
		st := text(textSize, ink, left, middle).TextStyle
		if grid {
			st.Color = m.style.Color
		}
		where, far, ok := placeLabel(m.at, st.Width(m.label), 16*px, ax.rect, taken, points, !grid)
		if !ok {
			continue // the legend still tells who it is
		}
		taken = append(taken, where)
		if far {
			end := nearest(box(where.Min.X-3*px, where.Min.Y, where.Max.X+3*px, where.Max.Y), m.at)
			dc.StrokeLine2(draw.LineStyle{Color: grey, Width: 0.8 * px}, m.at.X, m.at.Y, end.X, end.Y)
		}
		dc.FillText(st, vg.Point{X: where.Min.X, Y: (where.Min.Y + where.Max.Y) / 2}, m.label)
	}
}

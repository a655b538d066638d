package report

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mark is a contestant in a cell: what it reached and what it asked of the server for it.
type mark struct {
	contestant, label string
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
		c := &a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			m := mark{contestant: r.Contestant, style: look(a, r.Contestant), goodput: r.Stat("goodput_mib_s"), attempts: r.Stat("amplification")}
			if m.goodput.N == 0 || m.attempts.N == 0 {
				continue
			}
			m.label = shorten(labelOf(r.Contestant, r.Oracle), 28)
			if grid {
				m.label = c.short()
			}
			top1, far = max(top1, m.goodput.Max), max(far, m.attempts.Max)
			marks = append(marks, m)
		}
	}
	caption := "Up is more verified bytes per second, left is fewer requests for them: upper left is better."
	if a.Repeats > 1 && !grid {
		caption += " Crosses: lowest to highest of the repeats."
	}
	if grid {
		caption += " Labels: " + a.Workload.sizes() + " × " + a.Workload.flights() + ", where there is room."
	}
	p := &picture{Picture: Picture{Name: "goodput-amplification", Title: "Goodput against amplification: " + title(a), Caption: caption}}
	legend := vg.Length(0)
	if grid {
		legend = legendHeight(a)
	}
	p.height = p.headHeight() + 440*px + legend
	p.draw = func(dc draw.Canvas) {
		if top1 == 0 {
			say(dc, "no verified "+a.Workload.units())
			return
		}
		if grid {
			drawLegend(dc, a)
		}
		r := box(dc.Min.X+yAxisWidth, dc.Min.Y+xAxisHeight, dc.Max.X-12*px, dc.Max.Y-legend-8*px)
		ax := newAxes(r, 1-(far-1)*0.04, 1+(far-1)*1.1, 0, top1*1.1)
		if far > 8 { // some hammer, and the others would be one heap
			ax.x = scale{min: 0.9, max: far * 1.3, from: r.Min.X, to: r.Max.X, log: true}
		} else if far < 1.2 {
			ax.x.min, ax.x.max = 0.99, 1.25
		}
		ax.grid(dc, 8, 6, true)
		ax.frame(dc)
		ax.xLabel(dc, "amplification, attempts per call")
		yLabel(dc, r, "goodput, MiB/s")
		drawMarks(dc, ax, marks, grid)
	}
	return p
}

func drawMarks(dc draw.Canvas, ax *axes, marks []mark, grid bool) {
	var taken []vg.Rectangle
	for i := range marks {
		m := &marks[i]
		m.at = vg.Point{X: ax.x.at(m.attempts.Median), Y: ax.y.at(m.goodput.Median)}
		thin := draw.LineStyle{Color: m.style.Color, Width: 1.2 * px}
		if !grid && m.goodput.N > 1 { // in a grid there would be too many
			across := box(ax.x.at(m.attempts.Min), m.at.Y, ax.x.at(m.attempts.Max), m.at.Y)
			up := box(m.at.X, ax.y.at(m.goodput.Min), m.at.X, ax.y.at(m.goodput.Max))
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

// placeLabel finds room for a label around a point: beside it first, nearer to it than to any other of the points, and farther
// away if wanted. far tells that a line should lead to it.
func placeLabel(at vg.Point, w, h vg.Length, within vg.Rectangle, taken []vg.Rectangle, points []vg.Point, mayBeFar bool) (where vg.Rectangle, far, ok bool) {
	distances := []vg.Length{11 * px}
	if mayBeFar {
		for d := vg.Length(24); d < 260; d += 12 {
			distances = append(distances, d*px)
		}
	}
	for n, d := range distances {
		for _, angle := range []float64{0, 180, 90, 270, 45, 315, 135, 225, 20, 340, 160, 200} {
			sin, cos := math.Sincos(angle * math.Pi / 180)
			// The label's middle, so that its edge is at distance d.
			x := at.X + vg.Length(cos)*(d+w/2)
			y := at.Y + vg.Length(sin)*(d+h/2)
			r := box(x-w/2, y-h/2, x+w/2, y+h/2)
			if r.Min.X < within.Min.X+2*px || r.Max.X > within.Max.X || r.Min.Y < within.Min.Y+2*px || r.Max.Y > within.Max.Y {
				continue
			}
			free := n > 0 || !slices.ContainsFunc(points, func(p vg.Point) bool { return p != at && distance(r, p) < 1.3*distance(r, at) })
			for _, t := range taken {
				free = free && !(r.Min.X < t.Max.X && t.Min.X < r.Max.X && r.Min.Y < t.Max.Y && t.Min.Y < r.Max.Y)
			}
			if free {
				return r, n > 0, true
			}
		}
	}
	return vg.Rectangle{}, false, false
}

func distance(r vg.Rectangle, p vg.Point) vg.Length {
	q := nearest(r, p)
	return vg.Length(math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)))
}

// nearest is the point of r that is closest to p.
func nearest(r vg.Rectangle, p vg.Point) vg.Point {
	return vg.Point{X: min(max(p.X, r.Min.X), r.Max.X), Y: min(max(p.Y, r.Min.Y), r.Max.Y)}
}

const legendLine = 24 * px

// legendItems lays out the contestants in lines.
func legendItems(a *Analysis) (items []struct{ x, y vg.Length }, lines int) {
	x, y := vg.Length(0), vg.Length(0)
	lines = 1
	for _, name := range a.Contestants {
		w := 22*px + text(textSize, ink, left, middle).Width(shorten(labelOf(name, name == OracleName), 28)) + 24*px
		if x > 0 && x+w > pictureWidth-2*margin {
			x, y = 0, y+legendLine
			lines++
		}
		items = append(items, struct{ x, y vg.Length }{x, y})
		x += w
	}
	return items, lines
}

func legendHeight(a *Analysis) vg.Length {
	_, lines := legendItems(a)
	return vg.Length(lines)*legendLine + 4*px
}

// drawLegend names the glyphs above the plot, where it covers nothing.
func drawLegend(dc draw.Canvas, a *Analysis) {
	items, _ := legendItems(a)
	for i, name := range a.Contestants {
		at := vg.Point{X: dc.Min.X + items[i].x + 8*px, Y: dc.Max.Y - items[i].y - legendLine/2}
		dc.DrawGlyph(look(a, name), at)
		at.X += 14 * px
		dc.FillText(text(textSize, ink, left, middle).TextStyle, at, shorten(labelOf(name, name == OracleName), 28))
	}
}

package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// windowLabels are the shaded stretches of a timeline, each with its name and its extent above, in as many lines as it
// takes for no two to overlap.
type windowLabels struct {
	stretches []stretch
	lines     int
}

// stretch is a shaded time. Windows of the same time are one stretch.
type stretch struct {
	from, to float64
	name     string
	warmUp   bool
	line     int // -1: no room for its name
}

// maxWindowLines bounds the room for names; what does not fit is shaded without one.
const maxWindowLines = 4

func placeWindows(c *Cell, warm, end float64) windowLabels {
	var w windowLabels
	if warm > 0 && end > 0 {
		w.stretches = append(w.stretches, stretch{from: 0, to: min(warm, end), name: "warm-up", warmUp: true})
	}
	type span struct{ from, to float64 }
	names := map[span][]string{}
	var order []span
	for _, x := range c.Windows {
		s := span{max(x.FromS, 0), min(x.ToS, end)}
		if x.ToS <= x.FromS {
			s.to = end
		}
		if s.to <= s.from {
			continue
		}
		if names[s] == nil {
			order = append(order, s)
		}
		names[s] = append(names[s], x.Name)
	}
	for _, s := range order {
		w.stretches = append(w.stretches, stretch{from: s.from, to: s.to, name: joinNames(names[s])})
	}
	// As in drawing: the plot's width in pixels is known, the text's is measured.
	ax := newAxes(box(0, 0, pictureWidth-2*margin-yAxisWidth-12*px, 1), 0, end, 0, 1)
	var used [maxWindowLines]vg.Length
	for i := range used {
		used[i] = -1
	}
	for i := range w.stretches {
		s := &w.stretches[i]
		s.line = -1
		from, to := labelSpan(ax, s)
		from, to = min(from, ax.x.at(s.from)), max(to, ax.x.at(s.to))
		for l := range used {
			if from > used[l] {
				s.line, used[l] = l, to+10*px
				w.lines = max(w.lines, l+1)
				break
			}
		}
	}
	return w
}

// labelSpan is where a name is written: over the start of its stretch, moved to the left where the plot ends.
func labelSpan(ax *axes, s *stretch) (from, to vg.Length) {
	width := text(textSize, shadeInk, left, middle).Width(s.name)
	from = max(ax.rect.Min.X, min(ax.x.at(s.from), ax.rect.Max.X-width))
	return from, from + width
}

// shade fills the stretches of one panel.
func (w windowLabels) shade(dc draw.Canvas, ax *axes) {
	for _, s := range w.stretches {
		fill := shade
		if s.warmUp {
			fill = warmUp
		}
		dc.FillPolygon(fill, corners(box(ax.x.at(s.from), ax.rect.Min.Y, ax.x.at(s.to), ax.rect.Max.Y)))
	}
}

// write writes the names above y.
func (w windowLabels) write(dc draw.Canvas, ax *axes, y vg.Length) {
	for i := range w.stretches {
		s := &w.stretches[i]
		if s.line < 0 {
			continue
		}
		c := shadeInk
		if s.warmUp {
			c = grey
		}
		from, _ := labelSpan(ax, s)
		at := y + (vg.Length(w.lines-1-s.line)+0.5)*windowLine
		dc.FillText(text(textSize, c, left, middle).TextStyle, vg.Point{X: from, Y: at}, s.name)
		bar := at - windowLine/2 + 1*px
		dc.StrokeLine2(draw.LineStyle{Color: c, Width: 2 * px}, ax.x.at(s.from), bar, ax.x.at(s.to), bar)
	}
}

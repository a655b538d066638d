package report

import (
	"math"
	"strconv"
	"strings"
)

// plane is a plot on two axes. Its coordinates are per cent of its width and height.
type plane struct {
	x, y         scale
	height       int // pixels
	xText, yText func(float64) string
	xTicks       []float64
	yTicks       []float64
	title, desc  string
	// A plane with a yLabel is a figure with its labels, which a printer keeps together.
	xLabel, yLabel, class string
}

// newPlane makes a plane with linear axes and numbers on them.
func newPlane(height int, xmin, xmax, ymin, ymax float64) *plane {
	if !(xmax > xmin) {
		xmax = xmin + 1
	}
	if !(ymax > ymin) {
		ymax = ymin + 1
	}
	p := &plane{height: height, xText: tickText, yText: tickText,
		x: scale{min: xmin, max: xmax, from: 0, to: 100}, y: scale{min: ymin, max: ymax, from: 100, to: 0}}
	p.xTicks, p.yTicks = p.x.ticks(8), p.y.ticks(5)
	return p
}

// at is where a point lies.
func (p *plane) at(x, y float64) (left, top pc) { return pc(p.x.at(x)), pc(p.y.at(y)) }

// open begins the plot: title, description, grid and numbers. The caller puts in the data and closes it.
func (p *plane) open(m *markup) { p.openOver(m, nil) }

// openOver does that over what under puts in.
func (p *plane) openOver(m *markup, under func()) {
	if p.yLabel != "" {
		m.put(`<div class="fig"><p class="ylabel">%s</p>`, p.yLabel)
	}
	m.put(`<svg class="plot %s" role="img" width="100%%" height="%d"><title>%s</title><desc>%s</desc>`, p.class, p.height, p.title, p.desc)
	m.put(`<rect class="paper" width="100%%" height="100%%"/>`)
	if under != nil {
		under()
	}
	for _, v := range p.yTicks {
		_, y := p.at(p.x.min, v)
		m.put(`<line class="grid" x2="100%%" y1="%v" y2="%v"/><text class="ty" x="0" y="%v">%s</text>`, y, y, y, p.yText(v))
	}
	for i, v := range p.xTicks {
		x, _ := p.at(v, p.y.min)
		odd := ""
		if i%2 == 1 {
			odd = " odd"
		}
		m.put(`<line class="grid" y2="100%%" x1="%v" x2="%v"/><text class="tx%s" x="%v" y="100%%">%s</text>`, x, x, odd, x, p.xText(v))
	}
}

// close ends the plot.
func (p *plane) close(m *markup) {
	m.put(`<line class="axis" x2="100%%" y1="100%%" y2="100%%"/><line class="axis" y2="100%%"/></svg>`)
	if p.xLabel != "" {
		m.put(`<p class="xlabel">%s</p>`, p.xLabel)
	}
	if p.yLabel != "" {
		m.put(`</div>`)
	}
}

// polyline has coordinates in thousandths of the plane, for a polyline in a stretched svg.
type polyline struct{ b strings.Builder }

func (l *polyline) add(p *plane, x, y float64) {
	if l.b.Len() > 0 {
		l.b.WriteByte(' ')
	}
	l.b.WriteString(thousandths(float64(p.x.at(x))))
	l.b.WriteByte(',')
	l.b.WriteString(thousandths(float64(p.y.at(y))))
}

func (l *polyline) String() string { return l.b.String() }

func thousandths(percent float64) string {
	return strconv.Itoa(int(math.Round(min(max(finite(percent), -100), 200) * 10)))
}

// openLines and closeLines go around polylines, which know no per cent: they are stretched with the plane, their strokes are not.
func openLines(m *markup) {
	m.put(`<svg class="lines" width="100%%" height="100%%" viewBox="0 0 1000 1000" preserveAspectRatio="none">`)
}

func closeLines(m *markup) { m.put(`</svg>`) }

// secondsText prints a time on an axis.
func secondsText(s float64) string {
	switch {
	case s < 0.9995e-3:
		return tickText(s*1e6) + " µs"
	case s < 0.9995:
		return tickText(s*1e3) + " ms"
	}
	return tickText(s) + " s"
}

// shareText prints a share on an axis.
func shareText(f float64) string { return tickText(f*100) + "%" }

// logTicks are the ticks of a logarithmic scale, at most about n of them.
func logTicks(s scale, n int) []float64 {
	ticks := s.ticks(1)
	if len(ticks) <= n {
		return ticks
	}
	var decades []float64
	for _, v := range ticks {
		if l := math.Log10(v); math.Abs(l-math.Round(l)) < 1e-9 {
			decades = append(decades, v)
		}
	}
	return decades
}

// cellID names an element of a section about one cell. In a newer page of a run that is going on, a cell may have another place.
func cellID(section string, c *Cell) string { return section + "-" + c.slug() }

package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// scale maps numbers to one direction of a canvas.
type scale struct {
	min, max float64
	from, to vg.Length
	log      bool
}

func (s scale) at(v float64) vg.Length {
	lo, hi := s.min, s.max
	if s.log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(v)
	}
	return s.from + vg.Length((v-lo)/(hi-lo))*(s.to-s.from)
}

// ticks returns round numbers between min and max, about n of them; none if n is 0.
func (s scale) ticks(n int) (at []float64) {
	if n == 0 {
		return nil
	}
	if s.log {
		for decade := math.Pow(10, math.Floor(math.Log10(s.min))); decade <= s.max; decade *= 10 {
			for _, m := range []float64{1, 2, 5} {
				if v := m * decade; v >= s.min*(1-1e-9) && v <= s.max*(1+1e-9) {
					at = append(at, v)
				}
			}
		}
		return at
	}
	step := niceStep((s.max - s.min) / float64(n))
	for i := math.Ceil(s.min/step - 1e-9); i*step <= s.max+step*1e-9; i++ {
		at = append(at, i*step)
	}
	return at
}

// niceStep is the next 1, 2 or 5 times a power of ten.
func niceStep(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 1) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*p >= v*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// axes is a frame with scales, into which data are drawn.
type axes struct {
	x, y scale
	rect vg.Rectangle
}

func newAxes(r vg.Rectangle, xmin, xmax, ymin, ymax float64) *axes {
	if !(xmax > xmin) {
		xmax = xmin + 1
	}
	if !(ymax > ymin) {
		ymax = ymin + 1
	}
	return &axes{
		rect: r,
		x:    scale{min: xmin, max: xmax, from: r.Min.X, to: r.Max.X},
		y:    scale{min: ymin, max: ymax, from: r.Min.Y, to: r.Max.Y},
	}
}

var (
	gridLine  = draw.LineStyle{Color: hairline, Width: 1 * px}
	frameLine = draw.LineStyle{Color: grey, Width: 1 * px}
)

// grid draws grid lines and the numbers of the y axis, and those of the x axis if wanted.
func (a *axes) grid(c draw.Canvas, xTicks, yTicks int, xNumbers bool) {
	for _, v := range a.y.ticks(yTicks) {
		y := a.y.at(v)
		c.StrokeLine2(gridLine, a.rect.Min.X, y, a.rect.Max.X, y)
		c.FillText(text(textSize, grey, right, middle).TextStyle, vg.Point{X: a.rect.Min.X - 6*px, Y: y}, tickText(v))
	}
	for _, v := range a.x.ticks(xTicks) {
		x := a.x.at(v)
		c.StrokeLine2(gridLine, x, a.rect.Min.Y, x, a.rect.Max.Y)
		if xNumbers {
			c.StrokeLine2(frameLine, x, a.rect.Min.Y, x, a.rect.Min.Y-4*px)
			c.FillText(text(textSize, grey, center, top).TextStyle, vg.Point{X: x, Y: a.rect.Min.Y - 7*px}, tickText(v))
		}
	}
}

// frame draws the two axes.
func (a *axes) frame(c draw.Canvas) {
	c.StrokeLine2(frameLine, a.rect.Min.X, a.rect.Min.Y, a.rect.Max.X, a.rect.Min.Y)
	c.StrokeLine2(frameLine, a.rect.Min.X, a.rect.Min.Y, a.rect.Min.X, a.rect.Max.Y)
}

// xLabel and yLabel say what the axes show.
func (a *axes) xLabel(c draw.Canvas, s string) {
	c.FillText(text(textSize, ink, center, bottom).TextStyle, vg.Point{X: (a.rect.Min.X + a.rect.Max.X) / 2, Y: c.Min.Y}, s)
}

func yLabel(c draw.Canvas, r vg.Rectangle, s string) {
	st := text(textSize, ink, center, top).TextStyle
	st.Rotation = math.Pi / 2
	c.FillText(st, vg.Point{X: c.Min.X, Y: (r.Min.Y + r.Max.Y) / 2}, s)
}

// tickText prints a round number without the noise of its last digits.
func tickText(v float64) string {
	v = math.Round(v*1e6)/1e6 + 0 // no "-0"
	return strconv.FormatFloat(v, 'g', -1, 64)
}

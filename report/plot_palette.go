package report

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	ink      = color.RGBA{0x22, 0x22, 0x22, 0xff}
	grey     = color.RGBA{0x5c, 0x5c, 0x5c, 0xff}
	hairline = color.RGBA{0xe2, 0xe2, 0xe2, 0xff}
	shade    = color.RGBA{0xfd, 0xea, 0xcf, 0xff} // trouble
	shadeInk = color.RGBA{0x8a, 0x4b, 0x00, 0xff}
	warmUp   = color.RGBA{0xef, 0xef, 0xef, 0xff}
	gaveUp   = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
)

// hues are told apart by the colour-blind too (Okabe and Ito, 2008), without the yellow that is lost on white paper.
var hues = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xb8, 0x86, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x6a, 0x51, 0xa3, 0xff},
}

// glyphs and hues have numbers without a common divisor, so that no pair comes twice among the first 84.
var glyphs = []draw.GlyphDrawer{
	glyph{corners: 24}, glyph{corners: 4, turn: 45}, glyph{corners: 3, turn: 90}, glyph{corners: 24, hollow: true},
	glyph{corners: 4, turn: 45, hollow: true}, glyph{corners: 3, turn: 270}, glyph{corners: 3, turn: 90, hollow: true}, glyph{corners: 5, turn: 90, hollow: true},
	glyph{corners: 3, turn: 180}, glyph{corners: 4, hollow: true}, glyph{corners: 3, turn: 270, hollow: true}, glyph{corners: 3},
}

// look is how a contestant is drawn, the same in every plot.
func look(a *Analysis, contestant string) draw.GlyphStyle {
	if contestant == OracleName {
		return draw.GlyphStyle{Color: ink, Radius: 6.5 * px, Shape: glyph{corners: 4}}
	}
	i := max(slices.Index(a.Contestants, contestant), 0)
	return draw.GlyphStyle{Color: hues[i%len(hues)], Radius: 6 * px, Shape: glyphs[i%len(glyphs)]}
}

// glyph is a regular polygon. Gonum's own outlines are too thin to be told apart.
type glyph struct {
	corners int
	turn    float64 // degrees from the right, against the clock, of the first corner
	hollow  bool
}

// DrawGlyph implements draw.GlyphDrawer.
func (g glyph) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius
	switch g.corners { // the same area to the eye
	case 3:
		r *= 1.35
	case 4, 5:
		r *= 1.2
	}
	pts := make([]vg.Point, g.corners, g.corners+2)
	for i := range pts {
		sin, cos := math.Sincos(g.turn*math.Pi/180 + 2*math.Pi*float64(i)/float64(g.corners))
		pts[i] = vg.Point{X: at.X + r*vg.Length(cos), Y: at.Y + r*vg.Length(sin)}
	}
	if !g.hollow {
		c.FillPolygon(s.Color, pts)
		return
	}
	c.FillPolygon(color.White, pts)
	c.StrokeLines(draw.LineStyle{Color: s.Color, Width: 2.2 * px}, append(pts, pts[0], pts[1]))
}

// faded mixes a colour with white; share is what is left of it.
func faded(c color.RGBA, share float64) color.RGBA {
	mix := func(v uint8) uint8 { return uint8(255 - share*(255-float64(v)) + 0.5) }
	return color.RGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// heat goes from dark to light as viridis does: even steps for the eye, in print and for the colour-blind.
var heat = []color.RGBA{
	{0x44, 0x01, 0x54, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x21, 0x91, 0x8c, 0xff}, {0x5e, 0xc9, 0x62, 0xff}, {0xfd, 0xe7, 0x25, 0xff},
}

// heatAt returns the colour for a share between 0 and 1.
func heatAt(share float64) color.RGBA {
	at := min(max(share, 0), 1) * float64(len(heat)-1)
	i := min(int(at), len(heat)-2)
	f := at - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-f) + float64(b)*f + 0.5) }
	a, b := heat[i], heat[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// inkOn is black or white, whichever can be read on c.
func inkOn(c color.RGBA) color.Color {
	if 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) > 140 {
		return ink
	}
	return color.White
}

package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const legendLine = 24 * px

// legendItem names a glyph.
type legendItem struct {
	style draw.GlyphStyle
	text  string
}

// legendOf names the glyphs of all contestants.
func legendOf(a *Analysis) []legendItem {
	items := make([]legendItem, len(a.Contestants))
	for i, name := range a.Contestants {
		items[i] = legendItem{look(a, name), shortenName(labelOf(name, name == OracleName), 28)}
	}
	return items
}

// layLegend lays items out in lines: to the right and down from the upper left corner.
func layLegend(items []legendItem) (at []vg.Point, lines int) {
	var p vg.Point
	lines = 1
	for _, item := range items {
		w := 22*px + text(textSize, ink, left, middle).Width(item.text) + 24*px
		if p.X > 0 && p.X+w > pictureWidth-2*margin {
			p.X, p.Y = 0, p.Y+legendLine
			lines++
		}
		at = append(at, p)
		p.X += w
	}
	return at, lines
}

func legendHeight(items []legendItem) vg.Length {
	_, lines := layLegend(items)
	return vg.Length(lines)*legendLine + 4*px
}

// drawLegend names the glyphs above the plot, where it covers nothing.
func drawLegend(dc draw.Canvas, items []legendItem) {
	places, _ := layLegend(items)
	for i, item := range items {
		at := vg.Point{X: dc.Min.X + places[i].X + 8*px, Y: dc.Max.Y - places[i].Y - legendLine/2}
		dc.DrawGlyph(item.style, at)
		at.X += 14 * px
		dc.FillText(text(textSize, ink, left, middle).TextStyle, at, item.text)
	}
}

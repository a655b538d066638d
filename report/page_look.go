package report

import (
	"html/template"
	"math"
	"slices"
	"strconv"
)

// glyphMark is the id of the shape that stands for a contestant, the same in all plots, and hueClass the class of its colour. Shapes and colours
// have numbers without a common divisor; see glyphs.
func glyphMark(a *Analysis, contestant string) string {
	if contestant == OracleName {
		return "go"
	}
	return "g" + strconv.Itoa(indexOf(a, contestant)%len(glyphs))
}

func hueClass(a *Analysis, contestant string) string {
	if contestant == OracleName {
		return "co"
	}
	return "c" + strconv.Itoa(indexOf(a, contestant)%len(hues))
}

func indexOf(a *Analysis, contestant string) int {
	return max(slices.Index(a.Contestants, contestant), 0)
}

// putName puts a contestant's mark and name.
func putName(m *markup, a *Analysis, name string) {
	m.put(`<svg class="mark %s" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true"><use href="#%s"/></svg><bdi>%s</bdi>`,
		hueClass(a, name), glyphMark(a, name), labelOf(name, name == OracleName))
}

// pageDefs are the shapes and hatches that the plots of a page use.
func pageDefs() template.HTML {
	m := &markup{}
	m.put(`<svg width="0" height="0" class="defs" aria-hidden="true" focusable="false"><defs>`)
	for i, d := range glyphs {
		putGlyph(m, "g"+strconv.Itoa(i), d.(glyph))
	}
	putGlyph(m, "go", glyph{corners: 4})
	m.put(`<path id="cut" d="M-6,0H6M0,-6V6" class="stroke"/>`)
	for i, path := range []string{"", "M0,8L8,0", "M4,0V8", "M0,4H8", "M0,0L8,8M0,8L8,0", "M2,2h2v2h-2zM6,6h2v2h-2z"} {
		m.put(`<pattern id="p%d" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" class="f%d"/><path d="%s" class="k%d"/></pattern>`, i, i, path, i)
	}
	m.put(`<pattern id="pg" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="fg"/><path d="M0,6L6,0" class="kg"/></pattern>`)
	m.put(`</defs></svg>`)
	return m.html()
}

func putGlyph(m *markup, id string, g glyph) {
	class := "fill"
	r := 5.0
	if g.hollow {
		class, r = "hollow", 4.6
	}
	if g.corners > 12 {
		m.put(`<circle id="%s" r="%v" class="%s"/>`, id, r, class)
		return
	}
	switch g.corners { // the same area to the eye
	case 3:
		r *= 1.35
	default:
		r *= 1.2
	}
	m.put(`<polygon id="%s" class="%s" points="`, id, class)
	for i := range g.corners {
		sin, cos := math.Sincos(g.turn*math.Pi/180 + 2*math.Pi*float64(i)/float64(g.corners))
		m.put("%.1f,%.1f ", r*cos+0, -r*sin+0)
	}
	m.put(`"/>`)
}

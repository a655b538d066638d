package report

import (
	"bytes"
	"errors"
	"image/color"
	"io"
	"path/filepath"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// px is a pixel of the size that pictures are meant to be seen in.
const px = vg.Inch / 96

const (
	pictureWidth = 900 * px
	pictureDPI   = 144 // of PNG files: sharp on dense screens
	margin       = 16 * px
)

// Sizes of text.
const (
	titleSize = 20 * px
	nameSize  = 15 * px
	textSize  = 13.5 * px
	// captionColumns is the number of characters of textSize that fit next to each other.
	captionColumns = 136
)

// picture is something to be drawn into a file.
type picture struct {
	Picture
	height vg.Length
	draw   func(c draw.Canvas)
}

// save writes the picture as SVG and as PNG.
//
// Note: fonts are not embedded in the SVG; they would be most of the file, and every system has one with the same widths.
func (p *picture) save(dir string) error {
	svg := vgsvg.New(pictureWidth, p.height)
	p.paint(draw.New(svg))
	png := vgimg.NewWith(vgimg.UseWH(pictureWidth, p.height), vgimg.UseDPI(pictureDPI))
	p.paint(draw.New(png))
	return errors.Join(
		writeFile(filepath.Join(dir, p.Name+".svg"), func(w io.Writer) error { return writeSVG(w, svg) }),
		writeFile(filepath.Join(dir, p.Name+".png"), func(w io.Writer) error { _, err := vgimg.PngCanvas{Canvas: png}.WriteTo(w); return err }),
	)
}

// writeSVG writes the picture with a choice of fonts: a browser without the first would take one with serifs.
func writeSVG(w io.Writer, svg *vgsvg.Canvas) error {
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")))
	return err
}

// paint draws the paper, the title and what is below.
func (p *picture) paint(c draw.Canvas) {
	c.FillPolygon(color.White, corners(c.Rectangle))
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c.FillText(text(titleSize, ink, left, top).bold(), vg.Point{X: c.Min.X, Y: c.Max.Y}, p.Title)
	y := c.Max.Y - titleSize - 9*px
	for _, l := range wrap(p.Caption, captionColumns) {
		c.FillText(text(textSize, grey, left, top).TextStyle, vg.Point{X: c.Min.X, Y: y}, l)
		y -= 18 * px
	}
	p.draw(draw.Crop(c, 0, 0, 0, y-6*px-c.Max.Y))
}

// headHeight is what paint needs above the drawing.
func (p *Picture) headHeight() vg.Length {
	return 2*margin + titleSize + 15*px + vg.Length(len(wrap(p.Caption, captionColumns)))*18*px
}

// textStyle is a draw.TextStyle that can be made bold in passing.
type textStyle struct{ draw.TextStyle }

const (
	left   = draw.XLeft
	center = draw.XCenter
	right  = draw.XRight
	top    = draw.YTop
	middle = draw.YCenter
	bottom = draw.YBottom
)

func text(size vg.Length, c color.Color, x draw.XAlignment, y draw.YAlignment) textStyle {
	return textStyle{draw.TextStyle{
		Color: c, XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler,
		Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
	}}
}

func (s textStyle) bold() draw.TextStyle {
	s.Font.Weight = xfont.WeightBold
	return s.TextStyle
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}

func box(x0, y0, x1, y1 vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}
}

// say writes a sentence into the middle of an empty plot.
func say(c draw.Canvas, s string) {
	c.FillText(text(nameSize, grey, center, middle).TextStyle, c.Center(), s)
}

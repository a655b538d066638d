package report

import (
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ratebench/ratebench/internal/units"
)

// heatPicture shows goodput over the grid: a panel for each contestant, all on one scale of colours.
func heatPicture(a *Analysis) *picture {
	var sizes []int64
	var concurrencies []int
	top1 := 0.0
	for i := range a.Cells {
		c := &a.Cells[i]
		sizes, concurrencies = append(sizes, c.PartSize), append(concurrencies, c.Concurrency)
		for j := range c.Rows {
			top1 = max(top1, c.Rows[j].Stat("goodput_mib_s").Median)
		}
	}
	slices.Sort(sizes)
	slices.Sort(concurrencies)
	sizes, concurrencies = slices.Compact(sizes), slices.Compact(concurrencies)

	contestants, note := shown(a)
	cols := min(len(contestants), max(1, 3-len(concurrencies)/6))
	rows := (len(contestants) + cols - 1) / max(cols, 1)
	const cellHeight, head, foot, side, bar = 38 * px, 30 * px, 46 * px, 62 * px, 92 * px
	panel := head + foot + vg.Length(len(sizes))*cellHeight
	p := &picture{Picture: Picture{
		Name: "goodput-grid", Title: "Goodput by " + a.Workload.sizes() + " and " + a.Workload.flights() + ": " + title(a),
		Caption: "MiB/s of verified " + a.Workload.units() + ", median of the repeats, with its interval where there is room. All panels share the scale of colours on the right; brighter is better." + note,
	}}
	p.height = p.headHeight() + vg.Length(rows)*panel
	p.draw = func(dc draw.Canvas) {
		width := (dc.Max.X - dc.Min.X - bar) / vg.Length(cols)
		for i, d := range contestants {
			x := dc.Min.X + vg.Length(i%cols)*width
			y := dc.Max.Y - vg.Length(i/cols)*panel
			r := box(x+side, y-panel+foot, x+width-14*px, y-head)
			drawHeat(dc, a, d, r, sizes, concurrencies, top1)
			yLabel(draw.Crop(dc, x-dc.Min.X, 0, 0, 0), r, a.Workload.sizes())
		}
		drawColours(dc, box(dc.Max.X-bar+34*px, dc.Max.Y-panel+foot, dc.Max.X-bar+52*px, dc.Max.Y-head), top1)
	}
	return p
}

// drawHeat draws the cells of one contestant with their numbers.
func drawHeat(dc draw.Canvas, a *Analysis, d standIn, r vg.Rectangle, sizes []int64, concurrencies []int, most float64) {
	w := (r.Max.X - r.Min.X) / vg.Length(len(concurrencies))
	h := (r.Max.Y - r.Min.Y) / vg.Length(len(sizes))
	dc.FillText(text(nameSize, ink, left, bottom).bold(), vg.Point{X: r.Min.X, Y: r.Max.Y + 7*px}, d.label(24))
	for row, size := range sizes {
		y := r.Min.Y + vg.Length(row)*h
		dc.FillText(text(textSize, grey, right, middle).TextStyle, vg.Point{X: r.Min.X - 6*px, Y: y + h/2}, units.Size(size).String())
		for col, n := range concurrencies {
			x := r.Min.X + vg.Length(col)*w
			s := goodputAt(a, d.name, size, n)
			label, rest, fill := none, "", warmUp
			if s.N > 0 {
				label, rest = halves(s)
				fill = heatAt(s.Median / max(most, 1e-9))
			}
			dc.FillPolygon(fill, corners(box(x+1*px, y+1*px, x+w-1*px, y+h-1*px)))
			st, small := text(textSize, inkOn(fill), center, middle).TextStyle, text(textSize-2*px, inkOn(fill), center, middle).TextStyle
			rest = strings.TrimSpace(rest)
			switch {
			case st.Width(label) > w-2*px:
			case rest == "" || small.Width(rest) > w-2*px:
				dc.FillText(st, vg.Point{X: x + w/2, Y: y + h/2}, label)
			default:
				dc.FillText(st, vg.Point{X: x + w/2, Y: y + h/2 + 7*px}, label)
				dc.FillText(small, vg.Point{X: x + w/2, Y: y + h/2 - 8*px}, rest)
			}
		}
	}
	for col, n := range concurrencies {
		x := r.Min.X + (vg.Length(col)+0.5)*w
		dc.FillText(text(textSize, grey, center, top).TextStyle, vg.Point{X: x, Y: r.Min.Y - 4*px}, strconv.Itoa(n))
	}
	dc.FillText(text(textSize, ink, center, top).TextStyle, vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: r.Min.Y - 21*px}, a.Workload.flights())
}

// drawColours draws the scale of colours.
func drawColours(dc draw.Canvas, r vg.Rectangle, most float64) {
	if most <= 0 {
		return // every cell is a zero or a dash
	}
	const steps = 64
	for i := range steps {
		y0 := r.Min.Y + (r.Max.Y-r.Min.Y)*vg.Length(i)/steps
		y1 := r.Min.Y + (r.Max.Y-r.Min.Y)*vg.Length(i+1)/steps
		dc.FillPolygon(heatAt((float64(i)+0.5)/steps), corners(box(r.Min.X, y0, r.Max.X, y1+0.3*px)))
	}
	s := scale{min: 0, max: most, from: r.Min.Y, to: r.Max.Y}
	for _, v := range s.ticks(4) {
		dc.StrokeLine2(frameLine, r.Max.X, s.at(v), r.Max.X+4*px, s.at(v))
		dc.FillText(text(textSize, grey, left, middle).TextStyle, vg.Point{X: r.Max.X + 7*px, Y: s.at(v)}, tickText(v))
	}
	dc.FillText(text(textSize, ink, center, bottom).TextStyle, vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: r.Max.Y + 7*px}, "MiB/s")
}

func goodputAt(a *Analysis, name string, size int64, concurrency int) Stat {
	for i := range a.Cells {
		if c := &a.Cells[i]; c.PartSize == size && c.Concurrency == concurrency {
			for j := range c.Rows {
				if c.Rows[j].Contestant == name {
					return c.Rows[j].Stat("goodput_mib_s")
				}
			}
		}
	}
	return Stat{}
}

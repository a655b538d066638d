package report

import (
	"fmt"
	"image/color"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// outcomes are the parts of a bar: the more attempts, the darker; giving up stands out.
var outcomes = []struct {
	name string
	fill color.RGBA
}{
	{"1 attempt", color.RGBA{0xd6, 0xe6, 0xf2, 0xff}},
	{"2", color.RGBA{0x86, 0xb9, 0xdd, 0xff}},
	{"3", color.RGBA{0x2f, 0x7f, 0xb8, 0xff}},
	{"4 or more", color.RGBA{0x0b, 0x3c, 0x66, 0xff}},
	{"gave up", gaveUp},
}

// retriesPicture shows how many attempts the calls of each contestant took.
func retriesPicture(a *Analysis) *picture {
	type bar struct {
		name  string
		calls Calls
	}
	contestants, note := shown(a)
	bars := make([]bar, len(contestants))
	for i, d := range contestants {
		bars[i].name = d.label(26)
		for j := range a.Cells {
			for _, r := range a.Cells[j].Rows {
				if r.Contestant == d.name {
					for k, n := range r.Calls.By {
						bars[i].calls.By[k] += n
					}
					bars[i].calls.GaveUp += r.Calls.GaveUp
				}
			}
		}
	}
	p := &picture{Picture: Picture{
		Name: "retries", Title: "Attempts that calls took: " + title(a),
		Caption: "Share of each contestant's calls, over all cells and repeats; the numbers in the bars are calls. Longer pale bars are better." + note,
	}}
	names := make([]string, len(outcomes))
	for i, o := range outcomes {
		names[i] = o.name
	}
	if !a.Workload.Calls {
		// Note: they are not told apart. A call that is cancelled while it waits leaves the same rows as one that gives up.
		names[len(names)-1] += " or cancelled"
		p.Caption += " Where one part of an upload gives up, the others under way are cancelled with it."
	}
	const barHeight, barGap, legendHeight = 30 * px, 12 * px, 34 * px
	p.height = p.headHeight() + legendHeight + vg.Length(max(len(bars), 2))*(barHeight+barGap) + xAxisHeight
	p.draw = func(dc draw.Canvas) {
		if len(bars) == 0 {
			say(dc, "no calls")
			return
		}
		x := dc.Min.X
		for i, o := range outcomes {
			y := dc.Max.Y - 10*px
			dc.FillPolygon(o.fill, corners(box(x, y-8*px, x+16*px, y+8*px)))
			st := text(textSize, ink, left, middle).TextStyle
			dc.FillText(st, vg.Point{X: x + 22*px, Y: y}, names[i])
			x += 22*px + st.Width(names[i]) + 22*px
		}
		nameWidth := vg.Length(0)
		for _, b := range bars {
			nameWidth = max(nameWidth, text(nameSize, ink, right, middle).Width(b.name))
		}
		r := box(dc.Min.X+nameWidth+12*px, dc.Min.Y+xAxisHeight, dc.Max.X-90*px, dc.Max.Y-legendHeight)
		ax := newAxes(r, 0, 100, 0, 1)
		for _, v := range ax.x.ticks(5) {
			x := ax.x.at(v)
			dc.StrokeLine2(gridLine, x, r.Min.Y, x, r.Max.Y)
			dc.FillText(text(textSize, grey, center, top).TextStyle, vg.Point{X: x, Y: r.Min.Y - 7*px}, tickText(v)+"%")
		}
		ax.xLabel(dc, "share of calls")
		for i, b := range bars {
			y := r.Max.Y - vg.Length(i)*(barHeight+barGap) - barGap/2 - barHeight
			dc.FillText(text(nameSize, ink, right, middle).TextStyle, vg.Point{X: r.Min.X - 10*px, Y: y + barHeight/2}, b.name)
			drawBar(dc, ax, y, barHeight, b.calls)
		}
	}
	return p
}

func drawBar(dc draw.Canvas, ax *axes, y, height vg.Length, calls Calls) {
	total := calls.sum()
	if total == 0 {
		dc.FillText(text(textSize, grey, left, middle).TextStyle, vg.Point{X: ax.rect.Min.X + 4*px, Y: y + height/2}, "no calls")
		return
	}
	at := 0
	for i, n := range append(calls.By[:], calls.GaveUp) {
		x0, x1 := ax.x.at(100*float64(at)/float64(total)), ax.x.at(100*float64(at+n)/float64(total))
		at += n
		if n == 0 {
			continue
		}
		x1 = max(x1, x0+1*px) // rare is not never
		dc.FillPolygon(outcomes[i].fill, corners(box(x0, y, x1, y+height)))
		st := text(textSize, inkOn(outcomes[i].fill), center, middle).TextStyle
		if s := strconv.Itoa(n); st.Width(s)+6*px <= x1-x0 {
			dc.FillText(st, vg.Point{X: (x0 + x1) / 2, Y: y + height/2}, s)
		}
	}
	dc.FillText(text(textSize, grey, left, middle).TextStyle, vg.Point{X: ax.rect.Max.X + 10*px, Y: y + height/2}, fmt.Sprintf("%d %s", total, plural(total, "call")))
}

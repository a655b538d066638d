package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	panelHeight = 92 * px
	panelHead   = 28 * px
	windowLine  = 24 * px
	yAxisWidth  = 66 * px
	xAxisHeight = 50 * px
)

// timelinePicture shows goodput over time in one cell: a panel for each contestant, one below the other on the same axes,
// since many lines in one frame cannot be told apart.
func timelinePicture(a *Analysis, c *Cell, name string) *picture {
	var rows []panel
	var oracle *Row
	for _, contestant := range a.Contestants {
		for i := range c.Rows {
			if r := &c.Rows[i]; r.Contestant == contestant {
				if r.Oracle {
					oracle = r
				} else {
					rows = append(rows, panel{Row: r})
				}
			}
		}
	}
	if len(rows) == 0 && oracle != nil {
		rows, oracle = []panel{{Row: oracle}}, nil
	}
	all, left := len(rows), 0
	if many(a) {
		rows, left = bestPanels(c)
	}
	caption := "Bytes of verified " + a.Workload.units() + ", mean over " + strconv.FormatFloat(resolution(c), 'g', 3, 64) + " s."
	if a.Repeats > 1 {
		caption += fmt.Sprintf(" Line: median of the repeats (%d), where one that has ended counts as 0; band: lowest to highest.", a.Repeats)
	}
	if oracle != nil {
		caption += " Dashed: the oracle, a yardstick."
	}
	if len(c.Windows) > 0 {
		caption += " Shaded: faults are on, by name above."
	}
	if many(a) {
		caption += fmt.Sprintf(" The best of %d contestants by rank; who is alike shares a panel (+n); %d are left out.", all, left)
	}
	p := &picture{Picture: Picture{Name: name, Title: "Goodput over time: " + title(a) + ", " + c.Name(), Caption: caption}}

	tmax, ymax := 0.0, 0.0
	for _, r := range append(slices.Clone(rows), panel{Row: oracle}) {
		if r.Row == nil {
			continue
		}
		ymax = max(ymax, peak(r.Series))
		if n := len(r.Series); n > 0 {
			tmax = max(tmax, r.Series[n-1].TS)
		}
	}
	labels := placeWindows(c, a.WarmUpS, tmax)
	head := vg.Length(labels.lines) * windowLine
	p.height = p.headHeight() + head + vg.Length(max(len(rows), 1))*(panelHeight+panelHead) + xAxisHeight
	p.draw = func(dc draw.Canvas) {
		if len(rows) == 0 {
			say(dc, "no verified "+a.Workload.units())
			return
		}
		yTicks := 5
		if ymax == 0 {
			yTicks = 0 // there is nothing to be read off
		}
		y := dc.Max.Y - head
		var last *axes
		for i, r := range rows {
			rect := box(dc.Min.X+yAxisWidth, y-panelHead-panelHeight, dc.Max.X-12*px, y-panelHead)
			ax := newAxes(rect, 0, tmax, 0, ymax*1.05)
			labels.shade(dc, ax)
			ax.grid(dc, 12, yTicks, i == len(rows)-1)
			drawPanel(dc, a, ax, r, oracle)
			if i == 0 {
				labels.write(dc, ax, y)
			}
			y -= panelHead + panelHeight
			last = ax
		}
		last.xLabel(dc, "seconds since the trial began")
		yLabel(dc, box(0, y, 0, dc.Max.Y-head), "goodput, MiB/s")
	}
	return p
}

// resolution is the time in seconds that a point of the lines stands for.
func resolution(c *Cell) float64 {
	wide := seriesSmooth
	for i := range c.Rows {
		if s := c.Rows[i].Series; len(s) > 1 {
			wide = max(wide, s[1].TS-s[0].TS)
		}
	}
	return wide
}

// drawPanel draws one contestant's line under its name.
func drawPanel(dc draw.Canvas, a *Analysis, ax *axes, r panel, oracle *Row) {
	st := look(a, r.Contestant)
	if peak(r.Series) > 0 {
		drawSeries(dc, a, ax, r.Row)
	} else {
		say(draw.Canvas{Canvas: dc.Canvas, Rectangle: ax.rect}, "no verified "+a.Workload.units())
	}
	if oracle != nil && peak(oracle.Series) > 0 {
		pts := make([]vg.Point, len(oracle.Series))
		for i, p := range oracle.Series {
			pts[i] = vg.Point{X: ax.x.at(p.TS), Y: ax.y.at(p.Median)}
		}
		dc.StrokeLines(draw.LineStyle{Color: ink, Width: 1.2 * px, Dashes: []vg.Length{4 * px, 3 * px}}, pts)
	}
	ax.frame(dc)
	y := ax.rect.Max.Y + 12*px
	dc.DrawGlyph(st, vg.Point{X: ax.rect.Min.X + 7*px, Y: y})
	dc.FillText(text(nameSize, ink, left, middle).bold(), vg.Point{X: ax.rect.Min.X + 21*px, Y: y}, r.name())
	facts := interval(r.Stat("goodput_mib_s")) + " MiB/s"
	if s := r.Stat("amplification"); s.N > 0 {
		facts += ", amplification " + interval(s)
	}
	if s := r.Stat("recovery_s"); s.N > 0 {
		facts += ", recovery " + interval(s) + " s" + sinceHint(r.Row)
	}
	dc.FillText(text(textSize, grey, right, middle).TextStyle, vg.Point{X: ax.rect.Max.X, Y: y}, facts)
}

func drawSeries(dc draw.Canvas, a *Analysis, ax *axes, r *Row) {
	hue := ink
	if i := slices.Index(a.Contestants, r.Contestant); i >= 0 && !r.Oracle {
		hue = hues[i%len(hues)]
	}
	n := len(r.Series)
	line, band := make([]vg.Point, n), make([]vg.Point, 2*n)
	for i, p := range r.Series {
		x := ax.x.at(p.TS)
		line[i] = vg.Point{X: x, Y: ax.y.at(p.Median)}
		band[i] = vg.Point{X: x, Y: ax.y.at(p.Max)}
		band[2*n-1-i] = vg.Point{X: x, Y: ax.y.at(p.Min)}
	}
	if a.Repeats > 1 {
		dc.FillPolygon(faded(hue, 0.28), band)
	}
	dc.StrokeLines(draw.LineStyle{Color: hue, Width: 2 * px}, line)
}

// title names the run in titles.
func title(a *Analysis) string { return shorten(a.Scenario, 30) }

// joinNames lists names without saying any twice.
func joinNames(names []string) string {
	slices.Sort(names)
	return shorten(strings.Join(slices.Compact(names), ", "), 40)
}

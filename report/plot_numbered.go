package report

import (
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// numberedPicture shows goodput against amplification in one cell with many contestants: the points have their ranks as
// labels, and what would cover each other is one point.
func numberedPicture(a *Analysis, c *Cell, name string) *picture {
	marks, top1, far := marksOf(a, c)
	heading := title(a)
	if len(a.Cells) > 1 {
		heading += ", " + c.Name()
	}
	p := &picture{Picture: Picture{
		Name: name, Title: "Goodput against amplification: " + heading,
		Caption: "Up is more verified bytes per second, left is fewer requests for them: upper left is better. Numbers are ranks in the table. " +
			"Who would lie on the same point is drawn as one, with how many others it stands for.",
	}}
	ax := paretoAxes(box(0, 0, pictureWidth-2*margin-yAxisWidth-12*px, paretoHeight-xAxisHeight), top1, far)
	merged := mergeMarks(marks, ax)
	legend := make([]legendItem, len(merged))
	for i, m := range merged {
		name := withOthers(m.label, m.others)
		if m.contestant != OracleName {
			name = strconv.Itoa(m.rank) + "  " + name
		}
		legend[i] = legendItem{style: m.style, text: name}
	}
	above := legendHeight(legend)
	p.height = p.headHeight() + paretoHeight + above
	p.draw = func(dc draw.Canvas) {
		if top1 == 0 {
			say(dc, "no verified "+a.Workload.units())
			return
		}
		drawLegend(dc, legend)
		ax := drawPareto(dc, above, top1, far)
		for i := range merged {
			if m := &merged[i]; m.contestant != OracleName {
				m.label = strconv.Itoa(m.rank)
			}
		}
		drawMarks(dc, ax, merged, false)
	}
	return p
}

// mergeMarks leaves the first of marks that cover each other on the axes. Marks are by rank, so it is the best of them. The
// oracle stays by itself.
func mergeMarks(marks []mark, ax *axes) (merged []mark) {
	const near = 3 * px // half a marker's radius
	dist := func(v vg.Length) vg.Length { return max(v, -v) }
next:
	for _, m := range marks {
		m.at = vg.Point{X: ax.x.at(m.attempts.Median), Y: ax.y.at(m.goodput.Median)}
		for i := range merged {
			first := &merged[i]
			if m.contestant != OracleName && dist(m.at.X-first.at.X) < near && dist(m.at.Y-first.at.Y) < near {
				first.others++
				continue next
			}
		}
		merged = append(merged, m)
	}
	return merged
}

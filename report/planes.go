package report

import (
	"fmt"
	"io"
	"strings"
)

// planesTitle heads what there is of control plane and data plane.
const planesTitle = "Control plane and data plane"

// planeColumn is a column of the table of both planes.
type planeColumn struct {
	metric, title, unit string
	per                 float64 // of the metric's unit in one of unit; 0: 1
}

// of is what there is of the column in a row.
func (c planeColumn) of(r *Row) string {
	s := r.Stat(c.metric)
	if c.per > 0 {
		s.Median, s.Low, s.High = s.Median/c.per, s.Low/c.per, s.High/c.per
	}
	return interval(s)
}

// planeColumns are those of the tables that have little room; the page has all.
var planeColumns = []planeColumn{
	{metric: "wall_s", title: "all done", unit: "s"},
	{metric: "control_calls", title: "control", unit: "calls"},
	{metric: "control_calls_per_part", title: "per part", unit: "calls"},
	{metric: "tokens", title: "tokens", unit: "made"},
	{metric: "control_p99_s", title: "control p99", unit: "s"},
	{"discarded_bytes", "discarded", "MiB", 1 << 20},
	{metric: "attempts", title: "attempts", unit: "of both"},
	{metric: "restarted_files", title: "again", unit: "files"},
	{metric: "orphaned_uploads", title: "orphans", unit: "uploads"},
}

// planesLegend explains them, as legend does the others.
const planesLegend = `all done    of files that are deleted, which have no goodput: seconds until the last one was
control     calls to a control plane, which gives leave to move content that then goes past it; only where there is one
per part    these calls ÷ parts that were brought, of files that failed as well
tokens      work order tokens that were made
control p99 99 % of the control calls that succeeded took no longer, waits and retries included
discarded   what parts and ranges moved and became part of no verified file
attempts    all that were made for the files. amplif. sees the stack alone: what is begun again above it makes new calls, so compare these, too
again       files that were begun again from nothing
orphans     multipart uploads that were left open and that nobody will go on with`

// hasPlanes reports whether anything is known of a control plane.
func hasPlanes(r *Row) bool { return r.Stat("control_calls").N > 0 || r.Stat("orphaned_uploads").N > 0 }

// columnLegend explains the columns that the tables of an analysis have.
func columnLegend(a *Analysis) string {
	if anyRow(a, hasPlanes) {
		return legend + "\n" + planesLegend
	}
	return legend
}

// cutLegend takes a line of the legend apart. Names of columns may be two words.
func cutLegend(l string) (name, text string) {
	l = strings.TrimSpace(l)
	name, text, _ = strings.Cut(l, " ")
	for _, c := range planeColumns {
		if rest, ok := strings.CutPrefix(l, c.title+" "); ok && len(c.title) > len(name) {
			name, text = c.title, rest
		}
	}
	return name, strings.TrimSpace(text)
}

// planeLines are the table of both planes in a cell, without the columns that have no value; nil: there is no control plane.
func planeLines(w Workload, c *Cell) []line {
	rows := rowsWith(c, hasPlanes)
	if len(rows) == 0 {
		return nil
	}
	titles, units := []string{"contestant"}, []string{""}
	var shown []planeColumn
	for _, col := range planeColumns {
		if col.metric == "wall_s" && w.moves() {
			continue
		}
		if len(rowsWith(c, func(r *Row) bool { return r.Stat(col.metric).N > 0 })) > 0 {
			shown = append(shown, col)
			titles, units = append(titles, col.title), append(units, col.unit)
		}
	}
	lines := []line{{bold, titles}, {faint, units}}
	for _, r := range rows {
		l := line{cells: []string{r.label()}}
		for _, col := range shown {
			l.cells = append(l.cells, col.of(r))
		}
		if r.Oracle {
			l.look = faint
		}
		lines = append(lines, l)
	}
	return lines
}

// markdownPlanes prints both planes of a cell, if there is anything.
func markdownPlanes(w io.Writer, of Workload, c *Cell) {
	if lines := planeLines(of, c); lines != nil {
		fmt.Fprintf(w, "%s:\n\n", planesTitle)
		markdownLines(w, lines)
		fmt.Fprintln(w)
	}
}

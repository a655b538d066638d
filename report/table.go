package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// TableOptions say how the terminal table looks. The zero value has no colour.
type TableOptions struct {
	Color bool // ANSI colours
	Wide  bool // names are whole however wide that makes the table: for a file or a pipe
}

// tableWidth is the most columns of a terminal that a table takes.
const tableWidth = 100

// maxAlike is where a terminal stops listing warnings of one kind: a grid can have one for each cell.
const maxAlike = 4

// The looks of a line. They go around whole lines only, so that they never change the widths.
const (
	plain  = ""
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
)

// line is one line of a table.
type line struct {
	look  string
	cells []string
}

// Table prints the analysis at most 100 columns wide unless names need more and may have it: a table for each cell of the grid, the
// means over all cells if there are several, and the warnings.
func Table(w io.Writer, a *Analysis, o TableOptions) error {
	b := bufio.NewWriter(w)
	paint := func(look, s string) {
		if o.Color && look != plain {
			s = look + s + "\x1b[0m"
		}
		fmt.Fprintln(b, s)
	}
	for i := range a.Cells {
		c := &a.Cells[i]
		if i > 0 {
			fmt.Fprintln(b)
		}
		heading := c.Name()
		if c.BoundMiBs != nil {
			heading += "; quota and link allow " + wideSpread(c.Bound) + " MiB/s"
		}
		paint(bold, heading)
		printLines(cellLines(c), o.Wide, paint)
		if lines := planeLines(a.Workload, c); lines != nil {
			fmt.Fprintln(b)
			paint(bold, planesTitle)
			printLines(lines, o.Wide, paint)
		}
	}
	if len(a.Cells) > 1 {
		fmt.Fprintln(b)
		paint(bold, fmt.Sprintf("All %d cells, geometric mean", len(a.Cells)))
		printLines(overallLines(a), o.Wide, paint)
	}
	if len(a.Cells) == 0 {
		fmt.Fprintln(b, "no trials")
	}
	if s := sure(a); s != "" {
		fmt.Fprintln(b)
		for _, l := range wrap(s, tableWidth) {
			paint(faint, l)
		}
	}
	if len(a.Warnings) > 0 {
		fmt.Fprintln(b)
	}
	seen := map[string]int{}
	for _, w := range a.Warnings {
		text := w.String()
		if seen[w.Kind]++; seen[w.Kind] == maxAlike {
			text = "and more like it: " + SummaryFile + " has them all"
		} else if seen[w.Kind] > maxAlike {
			continue
		}
		for i, l := range wrap(text, tableWidth-9) {
			paint(yellow, []string{"warning: ", "         "}[min(i, 1)]+l)
		}
	}
	return b.Flush()
}

// Legend explains the columns of the tables, one per line.
func Legend() string { return legend + "\n" + planesLegend }

func cellLines(c *Cell) []line {
	titles, units := []string{"contestant"}, []string{""}
	columns := fieldsOf(c)
	for _, f := range columns {
		titles, units = append(titles, f.title), append(units, f.unit)
	}
	lines := []line{{bold, titles}, {faint, units}}
	for i := range c.Rows {
		r := &c.Rows[i]
		l := line{cells: []string{r.label()}}
		for _, f := range columns {
			l.cells = append(l.cells, f.value(r))
		}
		switch {
		case r.Oracle:
			l.look = faint
		case i == 0 && r.Stat("goodput_mib_s").Median > 0:
			l.look = green
		}
		lines = append(lines, l)
	}
	return lines
}

func overallLines(a *Analysis) []line {
	lines := []line{{bold, []string{"contestant", "goodput", "efficiency", "failed"}}, {faint, []string{"", "MiB/s", "of oracle", a.Workload.units()}}}
	for i := range a.Overall {
		o := &a.Overall[i]
		goodput, efficiency, failed := overallOf(o)
		l := line{cells: []string{labelOf(o.Contestant, o.Oracle), goodput, efficiency, failed}}
		if o.Oracle {
			l.look = faint
		}
		lines = append(lines, l)
	}
	return lines
}

// printLines aligns the lines: the first column to the left, numbers to the right. Unless it may be wide, long names are cut so that the whole
// fits.
func printLines(lines []line, wide bool, paint func(look, s string)) {
	widths := make([]int, len(lines[0].cells))
	for _, l := range lines {
		for i, s := range l.cells {
			widths[i] = max(widths[i], runewidth.StringWidth(s))
		}
	}
	others := 0
	for _, w := range widths[1:] {
		others += 2 + w
	}
	if !wide {
		widths[0] = min(widths[0], max(12, tableWidth-others))
	}
	for _, l := range lines {
		var s strings.Builder
		for i, cell := range l.cells {
			if i == 0 {
				if cell == oracleLabel && runewidth.StringWidth(cell) > widths[0] {
					cell = OracleName
				}
				s.WriteString(pad(shortenName(cell, widths[0]), widths[0], false))
				continue
			}
			s.WriteString("  " + pad(cell, widths[i], true))
		}
		paint(l.look, strings.TrimRight(s.String(), " "))
	}
}

// wrap breaks text into lines of at most width columns, between words where it can.
func wrap(s string, width int) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(s) {
		for runewidth.StringWidth(word) > width {
			head := runewidth.Truncate(word, width, "")
			if current != "" {
				lines = append(lines, current)
			}
			lines = append(lines, head)
			current, word = "", word[len(head):]
		}
		if current != "" && runewidth.StringWidth(current)+1+runewidth.StringWidth(word) > width {
			lines = append(lines, current)
			current = ""
		}
		current = strings.TrimSpace(current + " " + word)
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}

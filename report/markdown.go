package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Markdown prints the same tables as Table, for a pull request or a wiki.
func Markdown(w io.Writer, a *Analysis) error {
	b := bufio.NewWriter(w)
	markdownTables(b, a)
	markdownWarnings(b, a)
	return b.Flush()
}

func markdownTables(w io.Writer, a *Analysis) {
	for i := range a.Cells {
		c := &a.Cells[i]
		fmt.Fprintf(w, "**%s**", c.Name())
		if c.BoundMiBs != nil {
			fmt.Fprintf(w, "; quota and link allow %s MiB/s", wideSpread(c.Bound))
		}
		fmt.Fprint(w, "\n\n")
		markdownLines(w, cellLines(c))
		fmt.Fprintln(w)
		markdownPlanes(w, a.Workload, c)
	}
	if len(a.Cells) > 1 {
		fmt.Fprintf(w, "**All %d cells, geometric mean**\n\n", len(a.Cells))
		markdownLines(w, overallLines(a))
		fmt.Fprintln(w)
	}
	if len(a.Cells) == 0 {
		fmt.Fprint(w, "No trials.\n\n")
	}
	if s := sure(a); s != "" {
		fmt.Fprint(w, s+"\n\n")
	}
}

func markdownWarnings(w io.Writer, a *Analysis) {
	for _, warning := range a.Warnings {
		fmt.Fprintf(w, "- Warning: %s\n", escapeMarkdown(warning.String()))
	}
}

// markdownLines prints lines as a table: the first holds the titles, the second the units.
func markdownLines(w io.Writer, lines []line) {
	head := make([]string, len(lines[0].cells))
	align := make([]string, len(head))
	for i, title := range lines[0].cells {
		head[i], align[i] = title, "---:"
		if unit := lines[1].cells[i]; unit != "" {
			head[i] += " (" + unit + ")"
		}
	}
	align[0] = ":---"
	fmt.Fprintf(w, "| %s |\n| %s |\n", strings.Join(head, " | "), strings.Join(align, " | "))
	for _, l := range lines[2:] {
		cells := make([]string, len(l.cells))
		for i, s := range l.cells {
			cells[i] = escapeMarkdown(s)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "!", `\!`, "#", `\#`)

// escapeMarkdown keeps text from outside from becoming markup.
func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }

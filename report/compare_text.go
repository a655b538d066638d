package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// verdictLooks are the colours of verdicts; the word says the same.
var verdictLooks = map[Verdict]string{
	VerdictBetter: green, VerdictWorse: red, VerdictChanged: yellow, VerdictInconclusive: faint, VerdictNone: yellow,
}

const red = "\x1b[31m"

// CompareTable prints a comparison for a terminal, at most 100 columns wide.
func CompareTable(w io.Writer, c *Comparison, o TableOptions) error {
	b := bufio.NewWriter(w)
	paint := func(look, s string) {
		if o.Color && look != plain {
			s = look + s + "\x1b[0m"
		}
		fmt.Fprintln(b, s)
	}
	fold := func(look, first, text string) {
		rest := strings.Repeat(" ", runewidth.StringWidth(first))
		for i, l := range wrap(text, tableWidth-len(rest)) {
			paint(look, []string{first, rest}[min(i, 1)]+l)
		}
	}
	fold(plain, "base  ", sideText(&c.Base))
	fold(plain, "head  ", sideText(&c.Head))
	for _, group := range placesOf(c.Changes) {
		fmt.Fprintln(b)
		cell := ", " + group[0].Cell
		paint(bold, shorten(shorten(group[0].Contestant, max(12, tableWidth-runewidth.StringWidth(cell)))+cell, tableWidth))
		lines := changeLines(group, false)
		if lineWidth(lines) > tableWidth { // large numbers: without the intervals of the medians it is narrower
			lines = changeLines(group, true)
		}
		printLines(lines, o.Wide, paint)
	}
	if len(c.Changes) > 0 {
		fmt.Fprintln(b)
		fold(faint, "", c.howTo())
	}
	fmt.Fprintln(b)
	c.listWarnings(func(text string) { fold(yellow, "warning: ", text) })
	c.listDoubts(func(text string) { fold(yellow, "no verdict: ", text) })
	c.listBroken(func(text string) { fold(red, "failed: ", text) })
	fold(bold, "", c.Summary())
	return b.Flush()
}

// maxListed is where lists of sentences end: JSON has them all.
const maxListed = 12

// list hands sentences over, and at the end how many more there are.
func list(texts []string, each func(string)) {
	for i, text := range texts {
		if i == maxListed {
			each(fmt.Sprintf("and %d more like it: --format json has them all", len(texts)-i))
			return
		}
		each(text)
	}
}

func (c *Comparison) listDoubts(each func(string)) { list(c.Doubts, each) }

func (c *Comparison) listWarnings(each func(string)) {
	var texts []string
	for _, w := range c.Warnings {
		texts = append(texts, w.String())
	}
	list(texts, each)
}

func (c *Comparison) listBroken(each func(string)) {
	var texts []string
	for _, g := range c.Gate {
		for _, f := range g.Failed {
			texts = append(texts, f.Text)
		}
	}
	list(texts, each)
}

// sideText describes a side.
func sideText(s *SideInfo) string {
	text := fmt.Sprintf("%s: %d %s that count, in %d %s", clean(s.Name), s.Trials, plural(s.Trials, "trial"), s.Runs, plural(s.Runs, "run"))
	if s.Clock != "" {
		text += ", " + clean(s.Clock) + " clock"
	}
	if v := s.Versions["ratebench"]; v != "" {
		text += ", ratebench " + clean(v)
	}
	return text
}

// howTo explains the columns in a few sentences.
func (c *Comparison) howTo() string {
	over := ""
	if slices.ContainsFunc(c.Changes, func(k Change) bool { return k.Cells > 0 }) {
		over = "All cells: the geometric mean of the cells' medians, and of their ratios. "
	}
	if slices.ContainsFunc(c.Changes, func(k Change) bool { return k.Pairs > 0 }) {
		over += "Of trials with the same seed: the geometric mean of their ratios. "
	}
	return fmt.Sprintf("Medians over the trials, or means where the change is about these, with its 95%% interval. %sp is corrected for all that is asked. "+
		"Better and worse: changed by more than %s, interval without zero, p below %s. Same: the whole interval is within %s.",
		over, givenPercent(c.Threshold), given(c.Alpha), givenPercent(c.Threshold))
}

// placesOf cuts changes into those of the same contestant in the same cell.
func placesOf(changes []Change) (groups [][]Change) {
	for i := range changes {
		k := &changes[i]
		if i > 0 && changes[i-1].Contestant == k.Contestant && changes[i-1].PartSize == k.PartSize && changes[i-1].Concurrency == k.Concurrency && changes[i-1].Cells == k.Cells {
			last := len(groups) - 1
			groups[last] = append(groups[last], *k)
			continue
		}
		groups = append(groups, []Change{*k})
	}
	return groups
}

// lineWidth is how many columns lines take, one under the other.
func lineWidth(lines []line) int {
	widths := make([]int, len(lines[0].cells))
	total := -2
	for i := range widths {
		for _, l := range lines {
			widths[i] = max(widths[i], runewidth.StringWidth(l.cells[i]))
		}
		total += widths[i] + 2
	}
	return total
}

// changeLines are the lines of a contestant in a cell; brief ones have medians without their intervals.
func changeLines(group []Change, brief bool) []line {
	lines := []line{{faint, []string{"", "base", "head", "change", "p", "verdict"}}}
	for i := range group {
		k := &group[i]
		base, head := k.levels()
		if brief && !k.byMeans() {
			base, head = median(k.Base), median(k.Head)
		}
		name := k.label()
		if k.Unit != "" {
			name += ", " + k.Unit
		}
		lines = append(lines, line{verdictLooks[k.Verdict], []string{name, base, head, k.delta(), k.chance(), string(k.Verdict)}})
	}
	return lines
}

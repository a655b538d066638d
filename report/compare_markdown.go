package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// CompareMarkdown prints a comparison for a pull request or a job's summary: the outcome first, then what matters, and all numbers
// folded away.
func CompareMarkdown(w io.Writer, c *Comparison) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "### %s\n\n", escapeMarkdown(title2(c)))
	fmt.Fprintf(b, "**%s**\n\n", escapeMarkdown(c.Summary()))
	n := 0
	item := func(kind string) func(string) {
		return func(text string) { n++; fmt.Fprintf(b, "- %s: %s\n", kind, escapeMarkdown(text)) }
	}
	c.listBroken(item("Failed"))
	c.listDoubts(item("No verdict"))
	c.listWarnings(item("Warning"))
	if n > 0 {
		fmt.Fprintln(b)
	}
	var notable []Change
	for _, k := range c.Changes {
		switch k.Verdict {
		case VerdictBetter, VerdictWorse, VerdictChanged:
			notable = append(notable, k)
		}
	}
	if len(notable) > 0 {
		fmt.Fprint(b, "What has changed:\n\n")
		changesMarkdown(b, notable)
	}
	if len(c.Changes) > 0 {
		fmt.Fprintf(b, "<details><summary>All %d numbers</summary>\n\n", len(c.Changes))
		changesMarkdown(b, c.Changes)
		fmt.Fprintf(b, "%s\n\n</details>\n\n", escapeMarkdown(c.howTo()))
	}
	fmt.Fprintf(b, "Base: %s. Head: %s.\n", escapeMarkdown(sideText(&c.Base)), escapeMarkdown(sideText(&c.Head)))
	return b.Flush()
}

func title2(c *Comparison) string {
	if c.Scenario == "" {
		return "ratebench compare"
	}
	return "ratebench compare: " + clean(c.Scenario)
}

func changesMarkdown(w io.Writer, changes []Change) {
	fmt.Fprint(w, "| contestant | cell | metric | base | head | change | p | verdict |\n| :--- | :--- | :--- | ---: | ---: | ---: | ---: | :--- |\n")
	for _, group := range placesOf(changes) {
		for i, l := range changeLines(group, false)[1:] {
			k := &group[i]
			fmt.Fprintf(w, "| %s | %s |", escapeMarkdown(clean(k.Contestant)), escapeMarkdown(k.Cell))
			for j, s := range l.cells {
				if s = escapeMarkdown(s); j == len(l.cells)-1 && (k.Verdict == VerdictWorse || k.Verdict == VerdictBetter) {
					s = "**" + s + "**"
				}
				fmt.Fprintf(w, " %s |", s)
			}
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w)
}

// CompareJSON prints the whole comparison.
func CompareJSON(w io.Writer, c *Comparison) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(c); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

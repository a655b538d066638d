package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Summary prints summary.md: what was run, what came of it, the plots that were drawn and why others were not.
func Summary(w io.Writer, a *Analysis, drawn []Picture, left []string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n", escapeMarkdown(title(a)))
	fmt.Fprintf(b, "%s\n\n", escapeMarkdown(about(a)))
	markdownTables(b, a)
	if len(a.Warnings) > 0 {
		fmt.Fprint(b, "## Before you rely on it\n\n")
		markdownWarnings(b, a)
		fmt.Fprintln(b)
	}
	fmt.Fprint(b, "## How to read the columns\n\n")
	intro, columns, _ := strings.Cut(columnLegend(a), "\n\n")
	fmt.Fprintf(b, "%s\n\n", escapeMarkdown(strings.ReplaceAll(intro, "\n", " ")))
	for l := range strings.Lines(columns) {
		name, text := cutLegend(l)
		fmt.Fprintf(b, "- **%s**: %s\n", name, escapeMarkdown(text))
	}
	fmt.Fprintf(b, "\nA dash stands where there is no value; \">4.2\" is a time that was not over when the trial was.\n\n## Plots\n\n")
	for _, p := range drawn {
		fmt.Fprintf(b, "%s\n\n![%s](%s/%s.svg)\n\n", escapeMarkdown(p.Caption), escapeMarkdown(clean(p.Title)), PlotsDir, p.Name)
	}
	for _, why := range left {
		fmt.Fprintf(b, "%s\n\n", escapeMarkdown(why))
	}
	fmt.Fprint(b, "## Files\n\n"+
		"- `manifest.json`: the scenario as it was run, seeds, versions, host\n"+
		"- `trials.csv`: one line for each trial, with every number of the tables\n"+
		"- `attempts.csv`: one line for each attempt, as the client saw it\n"+
		"- `phases.csv`: every trial in the scenario's phases\n"+
		"- `timeline.csv`: every trial in tenths of a second\n"+
		"- `details.jsonl`: histograms of times, clients and herds of every trial\n"+
		"- `ledger.jsonl`: the server's own record\n"+
		"- `bench.txt`: for `benchstat`\n"+
		"- `report.html`: all of this and more, as a page that needs no network\n")
	return b.Flush()
}

// about says in a paragraph what was run, where, and how it ended.
func about(a *Analysis) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d %s of %d %s in %d %s", a.Trials, plural(a.Trials, "trial"),
		len(a.Contestants), plural(len(a.Contestants), "contestant"), len(a.Cells), plural(len(a.Cells), "cell"))
	switch {
	case a.Repeats == 1:
		fmt.Fprint(&s, ", 1 repeat each")
	case a.Repeats > 1:
		fmt.Fprintf(&s, ", up to %d repeats each", a.Repeats)
	}
	fmt.Fprintf(&s, "; seed %d", a.Seed)
	for _, p := range []struct{ what, value string }{{"backend", a.Backend}, {"clock", a.Clock}, {"started", a.Started}, {"outcome", a.Outcome}} {
		if p.value != "" {
			fmt.Fprintf(&s, "; %s %s", p.what, clean(p.value))
		}
	}
	s.WriteString(".")
	if a.Host.OS != "" {
		fmt.Fprintf(&s, " On %s/%s with %d CPUs", clean(a.Host.OS), clean(a.Host.Arch), a.Host.CPUs)
		if a.Host.CPU != "" {
			fmt.Fprintf(&s, " (%s)", clean(a.Host.CPU))
		}
		s.WriteString(".")
	}
	return s.String()
}

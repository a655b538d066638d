package tune

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/mattn/go-runewidth"
)

// Print writes the report as table, markdown, json or yaml.
func (r *Report) Print(w io.Writer, format string) error {
	switch format {
	case "json", "yaml":
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if format == "yaml" {
			if text, err = yaml.JSONToYAML(text); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(w, "%s\n", strings.TrimRight(string(text), "\n"))
		return err
	case "markdown":
		return r.print(&page{w: w, markdown: true})
	}
	return r.print(&page{w: w})
}

// pageWidth is the most columns of text.
const pageWidth = 110

// page prints the same content for a terminal or as Markdown.
type page struct {
	w        io.Writer
	markdown bool
	err      error
	begun    bool
}

func (p *page) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *page) heading(text string) {
	if p.begun {
		p.printf("\n")
	}
	p.begun = true
	if p.markdown {
		p.printf("## %s\n\n", text)
		return
	}
	p.printf("%s\n", text)
}

// text prints a paragraph, wrapped on a terminal.
func (p *page) text(indent, text string) {
	p.begun = true
	if p.markdown {
		p.printf("%s\n", text)
		return
	}
	line := indent
	for word := range strings.FieldsSeq(text) {
		if runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > pageWidth && strings.TrimSpace(line) != "" {
			p.printf("%s\n", line)
			line = indent
		}
		if strings.TrimSpace(line) != "" {
			line += " "
		}
		line += word
	}
	p.printf("%s\n", line)
}

func (p *page) item(text string) {
	if p.markdown {
		p.printf("- %s\n", text)
		return
	}
	p.text("  ", text)
}

func (p *page) missing(text string) {
	if p.markdown {
		p.item(text)
		return
	}
	p.text("  ", "– "+text)
}

// table prints rows below a header; the first column is to the left, the others to the right.
func (p *page) table(head []string, rows [][]string) {
	if p.markdown {
		p.printf("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
		for _, row := range rows {
			for i := range row {
				row[i] = strings.ReplaceAll(row[i], "|", "\\|")
			}
			p.printf("| %s |\n", strings.Join(row, " | "))
		}
		return
	}
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, row := range append([][]string{head}, rows...) {
		line := "  "
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell))
			switch i {
			case 0, len(row) - 1:
				line += cell + space + "  "
			default:
				line += space + cell + "  "
			}
		}
		p.printf("%s\n", strings.TrimRight(line, " "))
	}
}

func (r *Report) print(p *page) error {
	if p.markdown {
		p.printf("# %s, tuned\n\n", r.Scenario)
	}
	p.text("", r.Verdict)
	p.heading("How sure")
	for _, line := range r.sure() {
		p.item(line)
	}
	p.heading("How flat")
	if r.Withdrawn != nil {
		p.item("This is about " + r.Withdrawn.Name + " too.")
	}
	for _, f := range r.Flatness {
		text := fmt.Sprintf("%s %s", f.Name, f)
		if f.Near > 1 {
			text += fmt.Sprintf("; in the %d settings that do as well it is %s", f.Near, f.among())
		}
		p.item(text + " (searched " + f.Searched + ").")
	}
	if len(r.Flatness) > 0 && r.Flatness[0].Near > 1 {
		p.item(fmt.Sprintf("The %d settings that do as well are within 5 %% of %s by the means of %s.", r.Flatness[0].Near, r.compared(), r.Flatness[0].NearBy))
	}
	p.heading("The best, and what was there before")
	p.table(r.columns(), r.lines(r.Finalists))
	p.printf("\n")
	marks := "The one with * is recommended."
	if r.Withdrawn != nil {
		if marks = "The one with * is recommended; the one with ! is what the search came to, which the " + r.Confirm.Clock + " clock contradicts."; r.Recommend == nil {
			marks = "The one with ! is what the search came to, which the " + r.Confirm.Clock + " clock contradicts. None is recommended."
		}
	}
	p.text("  ", marks+" P: in the Pareto set of these, where nobody else is better in one number without being worse in another. "+
		"Means over all seeds, with 95 % intervals; value is that of the preference, compared with "+r.compared()+", and paired by seed. "+
		"Those of the search are among the seeds, so go by \"How sure\" for what is better.")
	if r.Confirm != nil && slices.ContainsFunc(r.Finalists, func(row Row) bool { return !row.Confirmed }) {
		p.text("  ", fmt.Sprintf("?: not measured on the %s clock, so not confirmed.", r.Confirm.Clock))
	}
	if r.guessed {
		p.text("  ", "A recovery that is unknown, since the work was done or given up too soon to tell, counts as the slowest that another setting has with "+
			"that seed, and keeps a setting out of the Pareto set.")
	}
	if r.Confirm != nil {
		p.heading(fmt.Sprintf("On the %s clock, with %d fresh seeds", r.Confirm.Clock, r.Confirm.Repeats))
		p.item(r.confirmed())
		p.printf("\n")
		p.table(r.columns(), r.lines(r.Confirm.Rows))
	}
	for _, f := range r.Forms {
		p.heading(f.Title)
		p.form(f)
	}
	p.heading("What was searched")
	for _, s := range r.Searched {
		p.item(s.Contestant + ": " + strings.Join(s.Parameters, "; ") + ".")
	}
	p.item(fmt.Sprintf("%d settings in %d measurements (a setting with a seed) on the %s clock, seed %d, %d fresh seeds at the end.", r.Settings, r.Measured, r.Clock, r.Seed, r.Fresh))
	p.item(fmt.Sprintf("Preference %s: %s; %s.", r.Preference.Name, r.Preference.Formula, r.Preference.Summary))
	for _, n := range r.Notes {
		p.item("Note: " + n)
	}
	return p.err
}

// compared names what the others are compared with.
func (r *Report) compared() string {
	if r.Withdrawn != nil {
		return "the one with !"
	}
	return "the recommendation"
}

// form prints a setting and what it lacks.
func (p *page) form(f Form) {
	if f.Text != "" {
		if p.markdown {
			p.printf("```%s\n%s```\n", f.Syntax, f.Text)
		} else {
			for line := range strings.Lines(f.Text) {
				p.printf("%s\n", strings.TrimRight("    "+line, " \n"))
			}
		}
	}
	if len(f.Missing) == 0 {
		return
	}
	if p.markdown {
		p.printf("\nIt cannot express:\n\n")
	} else {
		p.printf("  It cannot express:\n")
	}
	for _, m := range f.Missing {
		p.missing(m + ".")
	}
}

// sure are the sentences about surety.
func (r *Report) sure() []string {
	var lines []string
	if r.Withdrawn != nil {
		lines = append(lines, fmt.Sprintf("This is about %s in the search; the %s clock contradicts it.", r.Withdrawn.Name, r.Confirm.Clock))
	}
	lines = append(lines, fmt.Sprintf("Of %d settings that were measured to the end it is the best in %.0f %% of the resamples of %d fresh seeds, and within 1 %% of the best in %.0f %%.",
		len(r.Finalists), 100*r.Wins, r.Fresh, 100*r.Close))
	for _, b := range r.Baselines {
		lines = append(lines, fmt.Sprintf("Over %s (%s): %s.", b.what(), b.Setting, advantage(b)))
	}
	if u := r.RunnerUp; u != nil {
		text := advantage(*u)
		if !u.Shown && r.Withdrawn == nil {
			if u.Advantage.within(asMuch) {
				text += "; so either will do"
			} else {
				text += "; these seeds do not tell which is better"
			}
		}
		lines = append(lines, fmt.Sprintf("Over the runner-up, %s (%s): %s.", u.Name, u.Setting, text))
	}
	switch {
	case r.Clock != "virtual":
		lines = append(lines, "All was measured on the real clock, the fresh seeds too.")
	case r.Confirm == nil:
		lines = append(lines, "Nothing was measured on the real clock, so nothing is confirmed.")
	}
	return lines
}

func advantage(v VersusView) string {
	switch {
	case v.Nothing:
		return "nothing gets through with that one, with some seeds at least"
	case v.Loses:
		return "that one loses uploads"
	}
	text := v.Advantage.String()
	if !v.Shown {
		text += ", which is not shown to be better"
	}
	return text
}

// confirmed says what the real clock said.
func (r *Report) confirmed() string {
	c := r.Confirm
	word := map[string]string{Agrees: "The real clock agrees", Open: "The real clock does not contradict", Contradicts: "The real clock CONTRADICTS"}[c.Verdict]
	if r.Withdrawn != nil {
		word += " " + r.Withdrawn.Name
	}
	text := word + ": " + c.Why + "."
	for _, b := range c.Baselines {
		text += fmt.Sprintf(" Over %s: %s.", b.what(), advantage(b))
	}
	if math.Abs(c.Speed.Value) > 0.05 {
		share := func(v float64) string { return strconv.FormatFloat(100*(1+v), 'f', 0, 64) }
		text += fmt.Sprintf(" Its %s is %s %%", r.speedName(), share(c.Speed.Value))
		if c.Speed.High != unknown {
			text += fmt.Sprintf(" (%s to %s)", share(c.Speed.Low), share(c.Speed.High))
		}
		text += " of what it was in the search."
	}
	return text
}

func (r *Report) speedName() string {
	if r.calls {
		return "1 ÷ p95"
	}
	return "goodput"
}

package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// markup is HTML in the making. Strings that are put in become text; only formats, and template.HTML, are markup.
type markup struct{ b strings.Builder }

// put adds markup as fmt.Sprintf makes it. Strings among the arguments are cleaned and escaped for text and for quoted attributes.
func (m *markup) put(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(clean(s))
		}
	}
	fmt.Fprintf(&m.b, format, args...)
}

// html returns what was put in.
func (m *markup) html() template.HTML { return template.HTML(m.b.String()) }

// pc is a length in per cent of a plot, so that plots are as wide as there is room while their text keeps its size.
type pc float64

func (p pc) String() string {
	return strconv.FormatFloat(math.Round(min(max(finite(float64(p)), -1000), 1000)*100)/100+0, 'f', -1, 64) + "%"
}

// finite is f, or zero if that is no number to draw.
func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// dataTable is what a plot shows as a table, for those who do not see it and for those who want the numbers.
func dataTable(m *markup, caption string, head []string, rows [][]string) {
	m.put(`<details class="data"><summary>Numbers as a table</summary><div class="scroll" role="region" aria-label="%s" tabindex="0"><table><caption>%s</caption><thead><tr>`, caption, caption)
	for _, h := range head {
		m.put(`<th scope="col">%s</th>`, h)
	}
	m.put(`</tr></thead><tbody>`)
	for _, r := range rows {
		m.put("<tr>")
		for i, s := range r {
			if i == 0 {
				m.put(`<th scope="row"><bdi>%s</bdi></th>`, s)
				continue
			}
			m.put(`<td>%s</td>`, s)
		}
		m.put("</tr>")
	}
	m.put("</tbody></table></div></details>\n")
}

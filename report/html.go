package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/ratebench/ratebench/internal/record"
)

// HTMLFile is the report page.
const HTMLFile = "report.html"

// HTMLOptions say what kind of page it is. The zero value is a file of its own.
type HTMLOptions struct {
	// Live: the page is of a run that is going on, and asks where it came from for a newer one every other second. All that changes
	// stands inside <main id="main">. The attribute data-ended of <html> tells when there is nothing more to ask for.
	Live bool
}

// HTML prints the report as one page that needs nothing else: no network, no font, no other file. Without scripts it can be read all the same;
// they sort, filter, and show values under the pointer. What comes from outside, such as names, is text in it, and its content security
// policy lets no other script run than its own.
func HTML(w io.Writer, a *Analysis, o HTMLOptions) error {
	b := bufio.NewWriter(w)
	if err := pageTemplate().Execute(b, newPage(a, o)); err != nil {
		return fmt.Errorf("print the report page: %w", err)
	}
	return b.Flush()
}

//go:embed page
var pageFiles embed.FS

// pageTemplate is parsed once, when it is first needed.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(pageFiles, "page/page.html.tmpl"))
})

// pageFile is the text of an embedded file.
func pageFile(name string) string {
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// page is what the template is filled with.
type page struct {
	a      *Analysis
	many   bool
	points int            // of one line in a timeline
	rank   map[string]int // over all cells, from 0

	Live, Ended            bool
	Title, About, Status   string
	Policy                 string
	Style                  template.CSS
	Script                 template.JS
	Defs                   template.HTML
	Verdict                Conclusion
	Warnings, MoreWarnings []Warning
	Names                  []string
	CellNames              [][2]string // slug and name
	Baselines              []string
	Grid                   bool
	Heads                  []head
	Rows                   []tableRow
	MainColumns            int // that are shown at first
	Overall                []overallRow
	Sure                   string
	LegendIntro            string
	Legend                 [][2]string
	Sections               []section
	Absent                 []string // what there is no section of, and why
	Scenario               string
	Download               template.URL
	Again                  string
	Versions               [][2]string
	Facts                  [][2]string
	SizeTitle, FlightTitle string
}

// section is a plot, or several of a kind.
type section struct {
	ID, Title string
	Lead      string // how to read it
	Body      template.HTML
}

// overallRow is a contestant over all cells.
type overallRow struct {
	C                                   int
	Oracle                              bool
	Name, Mark, Hue                     string
	Goodput, Efficiency, Failed         string
	GoodputV, EfficiencyV, FailedV      string
	GoodputRest, EfficiencyRest, Titled string
}

// firstWarnings is how many warnings are not behind a summary.
const firstWarnings = 4

func newPage(a *Analysis, o HTMLOptions) *page {
	p := &page{a: a, many: many(a), Live: o.Live, Ended: a.Outcome != record.OutcomeRunning, Title: clean(a.Scenario), About: about(a),
		Style: template.CSS(pageFile("page.css")), Script: template.JS(pageFile("page.js")), Defs: pageDefs(),
		Verdict: a.Verdict, Warnings: a.Warnings, Grid: len(a.Cells) > 1, Sure: sure(a),
		SizeTitle: a.Workload.sizes(), FlightTitle: a.Workload.flights()}
	if len(p.Warnings) > firstWarnings+1 {
		p.Warnings, p.MoreWarnings = p.Warnings[:firstWarnings], p.Warnings[firstWarnings:]
	}
	p.Policy = policy(string(p.Style), string(p.Script), o.Live)
	p.Status = statusText(a)
	p.rank = map[string]int{}
	for i := range a.Overall {
		p.rank[a.Overall[i].Contestant] = i
	}
	rows := 0
	for i := range a.Cells {
		rows += len(a.Cells[i].Rows)
		p.CellNames = append(p.CellNames, [2]string{a.Cells[i].slug(), a.Cells[i].Name()})
	}
	p.points = max(min(stripPoints, allPoints/max(rows, 1)), leastPoints)
	for _, name := range a.Contestants {
		p.Names = append(p.Names, labelOf(name, name == OracleName))
	}
	for _, name := range a.Baselines {
		p.Baselines = append(p.Baselines, labelOf(name, name == OracleName))
	}
	p.Heads, p.Rows = p.table()
	p.MainColumns = 2 // rank and name
	if p.Grid {
		p.MainColumns += 2
	}
	for _, h := range p.Heads {
		if !h.More {
			p.MainColumns++
		}
	}
	if p.Grid {
		p.Overall = p.overallRows()
	}
	intro, lines, _ := strings.Cut(columnLegend(a), "\n\n")
	p.LegendIntro = strings.Join(strings.Fields(intro), " ")
	for l := range strings.Lines(lines) {
		name, text := cutLegend(l)
		p.Legend = append(p.Legend, [2]string{name, text})
	}
	p.Sections, p.Absent = p.sections()
	p.scenario()
	return p
}

// statusText says how far a run is.
func statusText(a *Analysis) string {
	of := fmt.Sprintf("%d %s", a.Trials, plural(a.Trials, "trial"))
	if a.Planned > 0 {
		of = fmt.Sprintf("%d of %d %s", a.Trials, a.Planned, plural(a.Planned, "trial"))
	}
	if a.Outcome == "" {
		return of
	}
	return strings.ReplaceAll(clean(a.Outcome), "_", " ") + ": " + of
}

// policy allows the page its own style and script, by their hashes, and nothing else.
func policy(style, script string, live bool) string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	s := "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; img-src data:; base-uri 'none'; form-action 'none'"
	if live {
		s += "; connect-src 'self'"
	}
	return s
}

func (p *page) overallRows() (rows []overallRow) {
	for i := range p.a.Overall {
		o := &p.a.Overall[i]
		goodput, efficiency, failed := overallOf(o)
		goodput, goodputRest := beforeSign(goodput)
		efficiency, efficiencyRest := beforeSign(efficiency)
		if efficiencyRest != "" {
			efficiency += "%"
		}
		r := overallRow{GoodputRest: goodputRest, EfficiencyRest: efficiencyRest,
			C: indexOf(p.a, o.Contestant), Oracle: o.Oracle, Name: labelOf(o.Contestant, o.Oracle), Mark: glyphMark(p.a, o.Contestant),
			Hue: hueClass(p.a, o.Contestant), Goodput: goodput, Efficiency: efficiency, Failed: failed}
		if o.Goodput != nil {
			r.GoodputV = raw(*o.Goodput)
		}
		if o.Efficiency != nil {
			r.EfficiencyV = raw(*o.Efficiency)
		}
		if o.Objects > 0 {
			r.FailedV = raw(float64(o.FailedObjects) / float64(o.Objects))
		}
		if in := o.GoodputInterval; in != nil && in.Confidence > 0 {
			r.Titled = fmt.Sprintf("%s to %s MiB/s with %s, the trials of a seed taken together over the cells", num(in.Low), num(in.High), percentFloor(in.Confidence))
		}
		rows = append(rows, r)
	}
	return rows
}

// beforeSign cuts a number from how far its interval reaches.
func beforeSign(s string) (number, rest string) {
	number, rest, found := strings.Cut(s, "±")
	if found {
		rest = " ±" + rest
	}
	return number, rest
}

// everybody are the contestants by rank over all cells, each with its first row; the oracle is last.
func (p *page) everybody() (rows []*Row) {
	for i := range p.a.Overall {
	search:
		for j := range p.a.Cells {
			for k := range p.a.Cells[j].Rows {
				if r := &p.a.Cells[j].Rows[k]; r.Contestant == p.a.Overall[i].Contestant {
					rows = append(rows, r)
					break search
				}
			}
		}
	}
	return rows
}

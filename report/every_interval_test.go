package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/ratebench/ratebench/internal/record"
)

// lone is a number that nothing is said with.
var lone = regexp.MustCompile(`^\d[\d.,e+]*( (µs|ms|s|MiB/s))?%?$`)

// alone says of a column that its numbers are what they seem: counts, sums and extremes that are called so, and what is true of every trial.
var alone = regexp.MustCompile(`^(rank|calls|trials|longest of all|most in any trial|back after|not back while watched|part size|parts in flight)$`)

// textOf is all text below a node.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func elements(n *html.Node, name string) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			found = append(found, d)
		}
	}
	return found
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Every number on the page that stands for several trials has its interval, or is called what it is. None is zero here but where all are.
func TestEveryNumberHasItsInterval(t *testing.T) {
	k := storm
	k.repeats = 6
	grid := gridRun
	grid.partSizes, grid.concurrency = []int64{5, 64}, []int{4}
	for name, k := range map[string]fake{"one cell": k, "grid": grid} {
		r, _ := analysed(t, k)
		shortest := 1000
		for i := range r.Trials { // nothing stands for one trial alone
			r.Trials[i].Status = record.TrialOK
			shortest = min(shortest, len(r.Timeline[r.Trials[i].Trial]))
		}
		for n, ticks := range r.Timeline {
			r.Timeline[n] = ticks[:shortest]
		}
		a := Analyse(withPlanes(detailed(t, r)))
		doc, err := html.Parse(strings.NewReader(pageOf(t, a, HTMLOptions{})))
		if err != nil {
			t.Fatal(err)
		}
		tables := 0
		for _, table := range elements(doc, "table") {
			caption := textOf(elements(table, "caption")[0])
			if attribute(table, "class") == "facts" || strings.HasPrefix(caption, "Attempts that calls took") { // the latter are sums
				continue
			}
			tables++
			rows := elements(table, "tr")
			var heads []string
			for _, th := range elements(rows[0], "th") {
				heads = append(heads, strings.TrimSpace(textOf(th)))
			}
			for _, row := range rows[1:] {
				cells := append(elements(row, "th"), elements(row, "td")...)
				if len(cells) != len(heads) {
					t.Errorf("%s, %s: %d cells below %d heads", name, caption, len(cells), len(heads))
					continue
				}
				cells = slices.DeleteFunc(slices.Collect(row.ChildNodes()), func(n *html.Node) bool { return n.Type != html.ElementNode })
				for i, cell := range cells {
					if s := strings.TrimSpace(textOf(cell)); lone.MatchString(s) && s != "0" && !alone.MatchString(heads[i]) && cell.Data == "td" {
						t.Errorf("%s, %s: %s of %q is %s, with no interval", name, caption, heads[i], textOf(cells[0]), s)
					}
				}
			}
		}
		if tables < 9 {
			t.Errorf("%s: found %d tables", name, tables)
		}
		// what stands in plots: T90, goodput and recovery beside the strips, and beside bars
		for _, n := range slices.Concat(elements(doc, "text"), elements(doc, "p"), elements(doc, "small")) {
			s := strings.TrimSpace(textOf(n))
			switch class := attribute(n, "class"); {
			case class == "back" && !strings.Contains(s, "±") && !strings.Contains(s, "("),
				class == "total" && lone.MatchString(s) && s != "0",
				strings.Contains(s, "MiB/s, ") && !strings.Contains(s, "(") && !strings.Contains(s, "±"):
				t.Errorf("%s: %q has no interval", name, s)
			}
		}
		if !strings.Contains(pageOf(t, a, HTMLOptions{}), `class="range of-attempts"`) {
			t.Errorf("%s: attempts over time have no range", name)
		}
	}
}

// The bound of a scenario is the seed's: of several it is told with its interval, and of one alone as it is.
func TestBoundsOfSeveralSeeds(t *testing.T) {
	for name, c := range map[string]struct {
		bounds []float64
		want   string
	}{"several": {[]float64{100, 110, 120}, "quota and link allow 110 (100–120) MiB/s"}, "the same": {[]float64{130, 130}, "quota and link allow 130 MiB/s"}} {
		r := run()
		for i, bound := range c.bounds {
			for _, who := range []string{"a", "b"} {
				tr := trialOf(len(r.Trials)+1, who, i+1, 50)
				tr.BoundMiBs, tr.Seed = &bound, uint64(i)
				r.Trials = append(r.Trials, tr)
			}
		}
		var b bytes.Buffer
		if err := Table(&b, Analyse(r), TableOptions{}); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("%s: %v\n%s", name, err, b.String())
		}
	}
}

// Two of three trials were not back: the median is a limit, and the lowest is known.
func TestIntervalOfCensored(t *testing.T) {
	for want, s := range map[string][]sample{
		">3 (1–>3)": {{1, false}, {3, true}, {3, true}},
		">3":        {{3, true}, {3, true}, {3, true}},
		"2 (1–>3)":  {{1, false}, {2, false}, {3, true}},
	} {
		if got := interval(statOf(s)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A trial of 10 s at 10 MiB/s and one of 5 s at 20: the second has no goodput in the last five tenths, in numbers and in the line.
func TestTenths(t *testing.T) {
	r, _ := analysed(t, fake{names: []string{"a"}, partSizes: []int64{8}, concurrency: []int{1}, repeats: 2})
	for i, n := range []int{100, 50} {
		ticks := r.Timeline[i+1][:1]
		for len(ticks) < n {
			ticks = append(ticks, ticks[0])
		}
		for j := range ticks {
			ticks[j].TS, ticks[j].GoodputMiBs = float64(j)/10, float64(10*(i+1))
		}
		r.Timeline[i+1] = ticks
	}
	c := Analyse(r).Cells[0]
	if c.EndS < 9.99 || c.EndS > 10.01 || len(c.Rows[0].Tenths) != 10 {
		t.Fatalf("until %v s: %+v", c.EndS, c.Rows[0].Tenths)
	}
	for i, s := range c.Rows[0].Tenths {
		want := 15.0
		if i >= 5 {
			want = 5
		}
		if s.N != 2 || diff(s.Median, want) > 1e-9 {
			t.Errorf("tenth %d: %+v, want %v of 2", i, s, want)
		}
	}
	for _, p := range c.Rows[0].Series {
		if want := map[bool]float64{true: 15, false: 5}[p.TS < 5]; diff(p.Median, want) > 1e-9 {
			t.Errorf("at %v s: %+v, want %v", p.TS, p, want)
		}
	}
}

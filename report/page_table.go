package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// mainColumns are those that the table of the page shows at first, with their headings. The others are behind a switch.
var mainColumns = map[string]string{
	"goodput_mib_s": "goodput", "efficiency": "efficiency", "amplification": "amplif.", "throttled": "throttled", "early": "early",
	"recovery_s": "recovery", "p95_s": "p95", "duplicates": "twice",
}

// head is the heading of a column.
type head struct {
	Key, Title, Unit, Help string
	First                  string // the direction in which it is sorted first: asc or desc
	More                   bool
}

// tableCell is a number with its interval.
type tableCell struct {
	Value             string // to sort by; empty: the text says it, or there is none
	Text, Rest, Title string
}

// tableRow is a contestant in a cell.
type tableRow struct {
	C, Rank         int
	Cell            string // the cell's slug
	Oracle, Best    bool
	Name, Mark, Hue string
	Size, Flights   string
	SizeV, FlightsV string
	Cells           []tableCell
}

// table makes the rows of all contestants in all cells. Columns that have no value anywhere are left out; so are duplicates, where
// nothing is to be carried out once.
func (p *page) table() (heads []head, rows []tableRow) {
	var shown []column
	for _, c := range columns {
		if anyRow(p.a, func(r *Row) bool { return r.Stat(c.Name).N > 0 }) {
			shown = append(shown, c)
		}
	}
	slices.SortStableFunc(shown, func(a, b column) int { return second(mainColumns[a.Name] == "", mainColumns[b.Name] == "") })
	lostAt := len(shown) // failed objects follow the main ones
	for i, c := range shown {
		h := head{Key: c.Name, Title: mainColumns[c.Name], Unit: unitShown(c.Metric), Help: c.Label, First: "desc", More: mainColumns[c.Name] == ""}
		if h.More {
			h.Title = c.Label
			lostAt = min(lostAt, i)
		}
		if c.Better == Lower {
			h.First = "asc"
		}
		heads = append(heads, h)
	}
	heads = slices.Insert(heads, lostAt, head{Key: "lost", Title: "failed", Unit: p.a.Workload.units(), Help: "failed " + p.a.Workload.units() + ", and all, added up over the trials", First: "asc"})
	for i := range p.a.Cells {
		c := &p.a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			row := tableRow{C: indexOf(p.a, r.Contestant), Cell: c.slug(), Rank: j + 1, Oracle: r.Oracle, Best: j == 0 && r.Stat("goodput_mib_s").Median > 0,
				Name: labelOf(r.Contestant, r.Oracle), Mark: glyphMark(p.a, r.Contestant), Hue: hueClass(p.a, r.Contestant),
				Size: units.Size(c.PartSize).String(), Flights: fmt.Sprint(c.Concurrency), SizeV: fmt.Sprint(c.PartSize), FlightsV: fmt.Sprint(c.Concurrency)}
			for _, col := range shown {
				row.Cells = append(row.Cells, cellOf(r.Stat(col.Name), col.Metric))
			}
			row.Cells = slices.Insert(row.Cells, lostAt, lostCell(r))
			rows = append(rows, row)
		}
	}
	return heads, rows
}

// unitShown is the unit in the page's table: bytes are many, so they are MiB there.
func unitShown(m Metric) string {
	switch {
	case m.Unit == "B":
		return "MiB"
	case m.Name == "efficiency":
		return "of oracle"
	case m.Name == "amplification":
		return "×"
	}
	return m.Unit
}

func lostCell(r *Row) tableCell {
	if r.Trials == 0 || r.Objects == 0 {
		return tableCell{Text: none}
	}
	return tableCell{Value: raw(float64(r.FailedObjects) / float64(r.Objects)), Text: ofAll(r.FailedObjects, r.Objects),
		Title: percent(float64(r.FailedObjects)/float64(r.Objects)) + " of what was begun, over all trials"}
}

func cellOf(s Stat, m Metric) tableCell {
	k := tableCell{Text: none}
	if s.N == 0 {
		return k
	}
	k.Value, k.Title = raw(s.Median), statTitle(s, m.Name)
	if s.Censored { // it is longer than any that is known, however short the time that it was watched
		k.Value = raw(math.MaxFloat64)
	}
	switch {
	case m.Name == "efficiency":
		k.Text, k.Rest, _ = strings.Cut(percentInterval(s), "±")
		if k.Rest != "" {
			k.Text, k.Rest = k.Text+"%", " ±"+k.Rest
		}
	case m.Unit == "B":
		k.Text, k.Rest = halves(scaled(s, 1.0/(1<<20)))
	default:
		k.Text, k.Rest = halves(s)
	}
	if k.Text == k.Value {
		k.Value = ""
	}
	return k
}

// halves are a median and what is said of its interval.
func halves(s Stat) (text, rest string) {
	all := interval(s)
	text = median(s)
	if rest = strings.TrimSpace(strings.TrimPrefix(all, text)); rest != "" {
		rest = " " + rest
	}
	return text, rest
}

// scaled is a number in another unit.
func scaled(s Stat, by float64) Stat {
	s.Median, s.Low, s.High, s.Min, s.Max = s.Median*by, s.Low*by, s.High*by, s.Min*by, s.Max*by
	return s
}

// statTitle says in full what stands behind a number; empty: it is one trial's.
func statTitle(s Stat, metric string) string {
	m, _ := MetricOf(metric)
	if s.N < 2 {
		return ""
	}
	unit := m.Unit
	if unit == "B" {
		s, unit = scaled(s, 1.0/(1<<20)), "MiB"
	}
	if unit != "" {
		unit = " " + unit
	}
	t := fmt.Sprintf("median of %d; %s%s", s.N, bounds(s), unit)
	if s.Confidence > 0 {
		t += " with " + percentFloor(s.Confidence)
	}
	more := ""
	if s.MaxCensored {
		more = ">"
	}
	return t + fmt.Sprintf("; %s to %s%s in all", num(s.Min), more, num(s.Max))
}

// raw is a number for a script to sort by.
func raw(f float64) string { return fmt.Sprintf("%.6g", finite(f)) }

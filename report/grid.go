package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// field is a column of the tables that people read.
type field struct {
	title string
	unit  string
	value func(r *Row) string
}

// fields are the columns after the contestant, the same in every table. Two more depend on the workload.
var fields = []field{
	{"goodput", "MiB/s", func(r *Row) string { return interval(r.Stat("goodput_mib_s")) }},
	{"efficiency", "of oracle", func(r *Row) string {
		return percentInterval(r.Stat("efficiency"))
	}},
	{"amplif.", "×", func(r *Row) string { return interval(r.Stat("amplification")) }},
	{"throttled", "att.", func(r *Row) string { return interval(r.Stat("throttled")) }},
	{"early", "att.", func(r *Row) string { return interval(r.Stat("early")) }},
	{"recovery", "s", func(r *Row) string { return interval(r.Stat("recovery_s")) }},
	{"p95", "s", func(r *Row) string { return interval(r.Stat("p95_s")) }},
}

// lost is the last column. What it counts depends on the workload.
func lost(w Workload) field {
	return field{"failed", w.units(), func(r *Row) string {
		if r.Trials == 0 {
			return none
		}
		return ofAll(r.FailedObjects, r.Objects)
	}}
}

// twice is a column where there are calls that are to be carried out once.
var twice = field{"twice", "calls", func(r *Row) string { return interval(r.Stat("duplicates")) }}

// fieldsOf are the columns of a cell's table.
func fieldsOf(c *Cell) []field {
	columns := append(slices.Clone(fields), lost(c.Workload))
	if slices.ContainsFunc(c.Rows, func(r Row) bool { return r.Stat("duplicates").N > 0 }) {
		columns = append(columns, twice)
	}
	return columns
}

// ofAll prints how many of all failed.
func ofAll(failed, all int) string { return num(float64(failed)) + "/" + num(float64(all)) }

// legend explains the columns in a few lines.
const legend = `Numbers are medians of the repeats; "±4%" is how far their interval reaches to the wider side (of efficiency in points), "(2–9)" the
interval itself. The line below the tables says how sure it is.

goodput     bytes of verified uploads per second
efficiency  goodput ÷ goodput of the oracle, which is told the server's plan: a yardstick, not ranked
amplif.     amplification: attempts ÷ calls; 1 means no retries
throttled   attempts answered by 429, or 503 with a throttling code
early       attempts sent before a Retry-After ran out that any call of the client had been given; the oracle goes by the plan instead
recovery    seconds from the end of the trouble and of the last hint until goodput was back at 90 %
p95         95 % of the parts that succeeded took no longer, waits and retries included; of calls, from the planned start
failed      uploads that the contestant gave up, of all that it began: a sum over the repeats and no median; of calls likewise
twice       how often a call was carried out again that was to be carried out once; only where there are such calls`

// median prints a number as ">4.2" if it is only known to be more.
func median(s Stat) string {
	switch {
	case s.N == 0:
		return none
	case s.Censored:
		return ">" + num(s.Median)
	}
	return num(s.Median)
}

// interval prints the median with its interval: "47.3±4%", as far as it reaches to the wider side; where that says little,
// "3 (0–12)". Nothing is added where there is one repeat, where all are zero, or where the whole interval is beyond what was seen.
func interval(s Stat) string {
	m := median(s)
	if s.N < 2 || s.LowCensored || s.Low == 0 && s.High == 0 && !s.HighCensored {
		return m
	}
	if r := max(s.High/s.Median-1, 1-s.Low/s.Median); s.Low > 0 && r < 0.995 && !s.HighCensored {
		return m + "±" + points(r)
	}
	return m + " " + bounds(s)
}

// bounds prints the interval itself.
func bounds(s Stat) string {
	limit := func(v float64, censored bool) string {
		if censored {
			return ">" + num(v)
		}
		return num(v)
	}
	return "(" + limit(s.Low, s.LowCensored) + "–" + limit(s.High, s.HighCensored) + ")"
}

// percentInterval prints a share and how many points the interval reaches to the wider side.
func percentInterval(s Stat) string {
	switch {
	case s.N == 0:
		return none
	case s.N < 2:
		return percent(s.Median)
	}
	return strings.TrimSuffix(percent(s.Median), "%") + "±" + points(max(s.High-s.Median, s.Median-s.Low))
}

// points prints a small share without digits that mean nothing.
func points(share float64) string {
	if share > 0 && share < 0.005 {
		return "<1%"
	}
	return strconv.FormatFloat(share*100, 'f', 0, 64) + "%"
}

// spread prints the median and its interval, both as they are.
func spread(s Stat) string {
	if s.N < 2 {
		return median(s)
	}
	return median(s) + " " + bounds(s)
}

// sure says how much the intervals of an analysis are worth; empty: it has none.
func sure(a *Analysis) string {
	least, most, repeats, fewest, single := 1.0, 0.0, 0, math.MaxInt, 0
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			s := a.Cells[i].Rows[j].Stat("goodput_mib_s")
			if s.N == 1 {
				single++
			}
			if s.N > 1 {
				least, most = min(least, s.Confidence), max(most, s.Confidence)
				repeats, fewest = max(repeats, s.N), min(fewest, s.N)
			}
		}
	}
	if repeats == 0 {
		return ""
	}
	with := percentFloor(least)
	if percentFloor(most) != with {
		with += " to " + percentFloor(most)
	}
	upTo := ""
	if fewest < repeats {
		upTo = "up to "
	}
	text := fmt.Sprintf("Medians of %s%d repeats, with intervals that hold with a probability of %s; what failed is a sum over them.", upTo, repeats, with)
	if single > 0 {
		text += fmt.Sprintf(" %d %s one repeat only, and no interval.", single, map[bool]string{true: "line has", false: "lines have"}[single == 1])
	}
	return text
}

// percentFloor prints a probability without promising more than there is.
func percentFloor(p float64) string { return strconv.Itoa(int(p*100)) + "%" }

// label is a contestant's name in tables.
func (r *Row) label() string { return labelOf(r.Contestant, r.Oracle) }

// oracleLabel is the oracle's, where there is room.
const oracleLabel = "oracle, yardstick"

func labelOf(name string, oracle bool) string {
	if oracle {
		return oracleLabel
	}
	return clean(name)
}

// overallOf prints a contestant's means over all cells, and what it lost.
func overallOf(o *Overall) (goodput, efficiency, failed string) {
	goodput, efficiency, failed = none, none, none
	if o.Objects > 0 {
		failed = ofAll(o.FailedObjects, o.Objects)
	}
	if o.Goodput != nil {
		goodput = num(*o.Goodput)
		if i := o.GoodputInterval; i != nil {
			goodput = interval(Stat{Median: *o.Goodput, Low: i.Low, High: i.High, N: 2})
		}
	}
	if o.Efficiency != nil {
		efficiency = percent(*o.Efficiency)
		if i := o.EfficiencyInterval; i != nil {
			efficiency = percentInterval(Stat{Median: *o.Efficiency, Low: i.Low, High: i.High, N: 2})
		}
	}
	return goodput, efficiency, failed
}

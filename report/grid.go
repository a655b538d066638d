package report

import "slices"

// field is a column of the tables that people read.
type field struct {
	title string
	unit  string
	value func(r *Row) string
}

// fields are the columns after the contestant, the same in every table. Two more depend on the workload.
var fields = []field{
	{"goodput", "MiB/s", func(r *Row) string { return spread(r.Stat("goodput_mib_s")) }},
	{"efficiency", "of oracle", func(r *Row) string {
		if s := r.Stat("efficiency"); s.N > 0 {
			return percent(s.Median)
		}
		return none
	}},
	{"amplif.", "×", func(r *Row) string { return median(r.Stat("amplification")) }},
	{"throttled", "att.", func(r *Row) string { return median(r.Stat("throttled")) }},
	{"early", "att.", func(r *Row) string { return median(r.Stat("early")) }},
	{"recovery", "s", func(r *Row) string { return median(r.Stat("recovery_s")) }},
	{"p95", "s", func(r *Row) string { return median(r.Stat("p95_s")) }},
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
var twice = field{"twice", "calls", func(r *Row) string { return median(r.Stat("duplicates")) }}

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
const legend = `goodput     bytes of verified uploads per second: median of the repeats (lowest to highest)
efficiency  goodput ÷ goodput of the oracle, which is told the server's plan: a yardstick, not ranked
amplif.     amplification: attempts ÷ calls; 1 means no retries
throttled   attempts answered by 429, or 503 with a throttling code
early       attempts sent before a Retry-After ran out that any call of the client had been given; the oracle may send a few
recovery    seconds from the end of the trouble and of the last hint until goodput was back at 90 %
p95         95 % of the parts that succeeded took no longer, waits and retries included; of calls, from the planned start
failed      uploads that the contestant gave up, of all that it began; of calls likewise
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

// spread prints the median and, if there are repeats, the lowest and the highest.
func spread(s Stat) string {
	if s.N < 2 {
		return median(s)
	}
	return median(s) + " (" + num(s.Min) + "–" + num(s.Max) + ")"
}

// label is a contestant's name in tables.
func (r *Row) label() string { return labelOf(r.Contestant, r.Oracle) }

func labelOf(name string, oracle bool) string {
	if oracle {
		return "oracle, yardstick"
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
	}
	if o.Efficiency != nil {
		efficiency = percent(*o.Efficiency)
	}
	return goodput, efficiency, failed
}

package bench

import (
	"io"
	"time"

	"github.com/ratebench/ratebench/report"
)

// Result is what a run has measured.
type Result struct {
	// Rows are one for every contestant in every cell of the grid: cells by part size and then parts in flight, in each by
	// rank (the smallest share lost first, then the best goodput) with the oracle last.
	Rows []Row
	// Warnings say what has to be known before the numbers are relied on, such as that there are few repeats.
	Warnings []string
	// Report is everything, for the views of package report.
	Report *report.Analysis
}

// Row is one contestant in one cell. Its numbers are medians over the trials that count; a number that could not be
// measured is zero. The documentation of results/README.md defines them.
type Row struct {
	Contestant  string
	Oracle      bool  // the yardstick
	PartSize    int64 // bytes
	Concurrency int   // parts in flight

	Trials       int // that count
	FailedTrials int // that do not: the error says why

	Objects       int // begun in the trials that count
	FailedObjects int // given up

	Goodput       float64 // MiB of verified objects per second
	Efficiency    float64 // goodput ÷ the oracle's in the same cell; zero without an oracle
	Amplification float64 // attempts ÷ calls
	Calls         float64
	FailedCalls   float64
	Attempts      float64
	Retries       float64
	Throttled     float64 // attempts answered by 429, or by 503 with a throttling code
	Early         float64 // attempts before a Retry-After ran out that the client had already received
	WastedBytes   float64 // body bytes of attempts that did not succeed
	// Duplicates is how often a call was carried out again that is to be carried out once: a POST or PATCH without an
	// Idempotency-Key. Nil: there were no such calls.
	Duplicates *float64

	// P50, P95 and P99 are of the time that part uploads took which succeeded, waits included.
	P50, P95, P99 time.Duration
	// Recovery is from the end of the trouble until goodput was back. Recovered says that it was; if not, and Recovery is
	// not zero, it was watched for so long in vain. Both zero: the scenario has no end of trouble to recover from.
	Recovery  time.Duration
	Recovered bool
}

// Of returns the rows of one contestant, one for each cell.
func (r *Result) Of(contestant string) []Row {
	var rows []Row
	for _, row := range r.Rows {
		if row.Contestant == contestant {
			rows = append(rows, row)
		}
	}
	return rows
}

// WriteTable prints the table that ratebench run prints.
func (r *Result) WriteTable(w io.Writer) error {
	return report.Table(w, r.Report, report.TableOptions{})
}

func newResult(a *report.Analysis) *Result {
	r := &Result{Report: a}
	for i := range a.Cells {
		for j := range a.Cells[i].Rows {
			r.Rows = append(r.Rows, newRow(&a.Cells[i], &a.Cells[i].Rows[j]))
		}
	}
	for _, w := range a.Warnings {
		r.Warnings = append(r.Warnings, w.String())
	}
	return r
}

func newRow(c *report.Cell, row *report.Row) Row {
	number := func(column string) float64 { return row.Stat(column).Median }
	seconds := func(column string) time.Duration { return time.Duration(number(column) * float64(time.Second)) }
	recovery := row.Stat("recovery_s")
	var duplicates *float64
	if s := row.Stat("duplicates"); s.N > 0 {
		duplicates = &s.Median
	}
	return Row{
		Contestant: row.Contestant, Oracle: row.Oracle, PartSize: c.PartSize, Concurrency: c.Concurrency,
		Trials: row.Trials, FailedTrials: row.Failed + row.Invalid, Objects: row.Objects, FailedObjects: row.FailedObjects,
		Goodput: number("goodput_mib_s"), Efficiency: number("efficiency"), Amplification: number("amplification"),
		Calls: number("calls"), FailedCalls: number("failed_calls"), Attempts: number("attempts"), Retries: number("retries"),
		Throttled: number("throttled"), Early: number("early"), WastedBytes: number("wasted_bytes"),
		Duplicates: duplicates,
		P50:        seconds("p50_s"), P95: seconds("p95_s"), P99: seconds("p99_s"),
		Recovery: seconds("recovery_s"), Recovered: recovery.N > 0 && !recovery.Censored,
	}
}

package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// CSV prints one line for each contestant in each cell: of every metric the median, the interval of the median, the lowest and
// the highest. A metric without a value is empty. Times that may be lower limits have columns that say of which of these it is one: of the median,
// of the upper end of the interval, of the highest. Names are guarded against spreadsheets; see guard.
func CSV(w io.Writer, a *Analysis) error {
	out := csv.NewWriter(w)
	head := []string{"contestant", "oracle", "part_size", "concurrency", "trials", "failed_trials", "invalid_trials"}
	for _, c := range columns {
		head = append(head, c.Name, c.Name+"_low", c.Name+"_high", c.Name+"_min", c.Name+"_max")
		if c.limited {
			for _, of := range []string{"", "_high", "_max"} {
				head = append(head, strings.TrimSuffix(c.Name, "_s")+of+"_censored")
			}
		}
	}
	out.Write(head)
	float := func(f float64) string { return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) }
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			r := &c.Rows[j]
			line := []string{guard(clean(r.Contestant)), strconv.FormatBool(r.Oracle), strconv.FormatInt(c.PartSize, 10), strconv.Itoa(c.Concurrency),
				strconv.Itoa(r.Trials), strconv.Itoa(r.Failed), strconv.Itoa(r.Invalid)}
			for _, col := range columns {
				s := r.Stat(col.Name)
				if s.N == 0 {
					line = append(line, "", "", "", "", "")
				} else {
					line = append(line, float(s.Median), float(s.Low), float(s.High), float(s.Min), float(s.Max))
				}
				if col.limited {
					line = append(line, strconv.FormatBool(s.Censored), strconv.FormatBool(s.HighCensored), strconv.FormatBool(s.MaxCensored))
				}
			}
			out.Write(line)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("print CSV: %w", err)
	}
	return nil
}

// guard keeps a spreadsheet from taking a text for a formula, which it may run: a text that begins with one of = + - @, or with the
// apostrophe that spreadsheets know for "this is text", gets an apostrophe in front. Whoever reads such a file takes one leading
// apostrophe off, and has the text as it was.
func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@'＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

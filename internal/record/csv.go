package record

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/jszwec/csvutil"
)

// csvMarshalers print numbers with at most six decimals (microseconds) and keep every row on one line.
var csvMarshalers = csvutil.NewMarshalers(
	csvutil.MarshalFunc(func(f float64) ([]byte, error) {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%v is no value that can be read again", f)
		}
		return appendFloat(nil, f), nil
	}),
	csvutil.MarshalFunc(func(s string) ([]byte, error) { return []byte(oneLine(s)), nil }),
)

var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

func oneLine(s string) string { return lineBreaks.Replace(s) }

// appendFloat prints f with six decimals and without the zeros at the end.
func appendFloat(b []byte, f float64) []byte {
	if math.Abs(f) < 1e9 {
		f = math.Round(f*1e6) / 1e6
	}
	if f == 0 {
		f = 0 // no "-0"
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// writeCSV writes rows, preceded by the header if wanted.
func writeCSV[T any](w io.Writer, rows []T, header bool) error {
	cw := csv.NewWriter(w)
	enc := csvutil.NewEncoder(cw)
	enc.AutoHeader = false
	enc.WithMarshalers(csvMarshalers)
	if header {
		var row T
		if err := enc.EncodeHeader(row); err != nil {
			return err
		}
	}
	for i := range rows {
		if err := enc.Encode(&rows[i]); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// late are columns that came after the first results folders were written. Those that lack them can still be read; the values
// are missing then.
var late = []string{
	"duplicates", "timed_out", "connections",
	"early_by_s", "queued_s", "slot_s", "connection_s", "sending_s",
	"byte_amplification", "retry_ratio_max", "early_by_max_s", "herd_index", "area_lost_mib", "overshoot", "fault_load", "metastable",
	"fairness", "false_retries", "missed_retries", "wasted_wait_s", "limiter_s", "server_s", "backoff_s",
	"service_p50_s", "service_p95_s", "service_p99_s", "cpu", "saturated",
	"received_bytes", "body_s",
	"control_calls", "control_attempts", "control_calls_per_part", "data_attempts", "tokens", "control_p50_s", "control_p99_s",
	"data_p50_s", "data_p99_s", "orphaned_uploads", "restarted_files", "discarded_bytes",
	"cut_off", "p50_censored", "p95_censored", "p99_censored", "recovery_unknown", "hint_compliance", "late_by_s", "late_by_max_s",
	"unfinished_bytes",
	"objects_cut_off", "not_begun",
}

// lacksOnly reports whether all columns of T that a header lacks are among those that may be missing.
func lacksOnly[T any](header, may []string) bool {
	var row T
	columns, err := csvutil.Header(row, "csv")
	if err != nil {
		return false // decoding will say so
	}
	for _, c := range columns {
		if !slices.Contains(header, c) && !slices.Contains(may, c) {
			return false
		}
	}
	return true
}

// floatsOf returns which columns of a header hold floats of T.
func floatsOf[T any](header []string) (at []int) {
	for i, kind := range kindsOf[T](header) {
		if kind == reflect.Float64 {
			at = append(at, i)
		}
	}
	return at
}

// notFinite reports whether a field that strconv.ParseFloat takes is NaN or infinite: of all that it takes, only these names have an n.
func notFinite(field string) bool { return strings.ContainsAny(field, "nN") }

// readCSV calls f for every row. It forgives a torn last line, and columns that it does not know. Floats have to be finite: nothing that
// compares or sorts them is right with others. name stands in errors.
func readCSV[T any](r io.Reader, name string, f func(*T) error) error {
	return readLines(r, name, func(_ int, row *T) error { return f(row) })
}

// readLines is readCSV that tells f in which line a row begins.
func readLines[T any](r io.Reader, name string, f func(line int, row *T) error) error {
	return readRows(r, name, func([]string) []fieldCheck { return nil }, f)
}

// readQuantities is readLines for rows of which no number can be below zero.
func readQuantities[T any](r io.Reader, name string, f func(line int, row *T) error) error {
	return readRows(r, name, quantitiesOf[T], f)
}

// fieldCheck says that a field is not a value of its column.
type fieldCheck struct {
	column int
	bad    func(field string) bool
}

// readRows calls f for every row whose fields pass the checks that a header asks for.
func readRows[T any](r io.Reader, name string, checksOf func(header []string) []fieldCheck, f func(line int, row *T) error) error {
	cr := csv.NewReader(newWholeLines(r))
	cr.ReuseRecord = true
	dec, err := csvutil.NewDecoder(cr)
	if isEOF(err) {
		return nil // killed before the header was written
	}
	if err != nil {
		return csvError(name, cr, err)
	}
	dec.DisallowMissingColumns = !lacksOnly[T](dec.Header(), late)
	floats, checks := floatsOf[T](dec.Header()), checksOf(dec.Header())
	for {
		var row T
		err := dec.Decode(&row)
		if isEOF(err) {
			return nil
		}
		if err != nil {
			return csvError(name, cr, err)
		}
		fields := dec.Record()
		for _, i := range floats {
			if notFinite(fields[i]) {
				return valueError(name, cr, dec.Header(), i, fields[i])
			}
		}
		for _, c := range checks {
			if c.bad(fields[c.column]) {
				return valueError(name, cr, dec.Header(), c.column, fields[c.column])
			}
		}
		line, _ := cr.FieldPos(0)
		if err := f(line, &row); err != nil {
			return err
		}
	}
}

// valueError is about field i of the row that was read last.
func valueError(name string, cr *csv.Reader, header []string, i int, field string) error {
	line, _ := cr.FieldPos(i)
	return fmt.Errorf("%s:%d: column %s holds %q, which is not a value for it; %s", name, line, header[i], field, damaged)
}

// damaged is what is to be known of a file that cannot be read.
const damaged = "the file was changed or damaged after it was written"

// csvError puts the place in front of an error of the reader.
func csvError(name string, cr *csv.Reader, err error) error {
	var pe *csv.ParseError
	var me *csvutil.MissingColumnsError
	var de *csvutil.DecodeError
	var te *csvutil.UnmarshalTypeError
	switch {
	case errors.As(err, &pe):
		return fmt.Errorf("%s:%d: row cannot be read: %w; %s", name, pe.StartLine, pe.Err, damaged)
	case errors.As(err, &me):
		return fmt.Errorf("%s:1: columns are missing: %s; %s", name, strings.Join(me.Columns, ", "), damaged)
	case errors.As(err, &de) && errors.As(err, &te):
		return fmt.Errorf("%s:%d: column %s holds %q, which is not a value for it; %s", name, de.Line, de.Field, te.Value, damaged)
	case errors.Is(err, csvutil.ErrFieldCount):
		line, _ := cr.FieldPos(0)
		return fmt.Errorf("%s:%d: row has too many or too few columns; %s", name, line, damaged)
	}
	return fmt.Errorf("%s: %w", name, err)
}

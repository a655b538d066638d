package record

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Counts is what attempts.csv and ledger.jsonl hold of one trial.
type Counts struct {
	Attempts int // rows of attempts.csv
	Counted  int // of these, begun after the warm-up
	Seen     int // of these, by the server's handler
	Ledger   int // attempts in ledger.jsonl
}

// Counts reads attempts.csv and ledger.jsonl to the end, and counts their rows by trial. Every field of attempts.csv has to be a
// value of its column, and every line of the ledger JSON: damage is an error that names file and line. warmUp is in seconds.
//
// It keeps no row, and takes a fraction of the time of reading them: the two files of a long run are hundreds of megabytes.
func (f *Folder) Counts(warmUp float64) (map[int]*Counts, error) {
	client, server := map[int]*Counts{}, map[int]*Counts{}
	var g errgroup.Group
	g.Go(func() error {
		return f.read(AttemptsFile, func(r io.Reader, name string) error { return countAttempts(r, name, warmUp, client) })
	})
	g.Go(func() error {
		return f.read(LedgerFile, func(r io.Reader, name string) error { return countLedger(r, name, server) })
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for trial, s := range server {
		of(client, trial).Ledger = s.Ledger
	}
	return client, nil
}

// of is the entry of a trial, made if there is none.
func of(counts map[int]*Counts, trial int) *Counts {
	c := counts[trial]
	if c == nil {
		c = new(Counts)
		counts[trial] = c
	}
	return c
}

// valueCheck says whether a field is a value of its column; nil: any text is.
type valueCheck func(field string) bool

// kindsOf returns what the columns in a header hold, of pointers what they point to; reflect.Invalid: the column is not known.
func kindsOf[T any](header []string) []reflect.Kind {
	t := reflect.TypeFor[T]()
	byName := map[string]reflect.Kind{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("csv"), ",")
		of := t.Field(i).Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		byName[name] = of.Kind()
	}
	kinds := make([]reflect.Kind, len(header))
	for i, name := range header {
		kinds[i] = byName[name]
	}
	return kinds
}

// checksOf returns the checks of the columns in a header. Columns that are not known may hold anything.
func checksOf[T any](header []string) []valueCheck {
	mayBeEmpty := map[string]bool{}
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		if name, ok := strings.CutSuffix(t.Field(i).Tag.Get("csv"), ",omitempty"); ok {
			mayBeEmpty[name] = true
		}
	}
	checks := make([]valueCheck, len(header))
	for i, kind := range kindsOf[T](header) {
		checks[i] = checkOf(kind, mayBeEmpty[header[i]])
	}
	return checks
}

func checkOf(kind reflect.Kind, mayBeEmpty bool) valueCheck {
	var parse func(string) error
	switch kind {
	case reflect.Int, reflect.Int64:
		parse = func(s string) error { _, err := strconv.ParseInt(s, 10, 64); return err }
	case reflect.Float64:
		parse = func(s string) error {
			_, err := strconv.ParseFloat(s, 64)
			if err == nil && notFinite(s) {
				err = strconv.ErrRange
			}
			return err
		}
	case reflect.Bool:
		parse = func(s string) error { _, err := strconv.ParseBool(s); return err }
	default:
		return nil
	}
	return func(s string) bool { return mayBeEmpty && s == "" || parse(s) == nil }
}

func countAttempts(r io.Reader, name string, warmUp float64, counts map[int]*Counts) error {
	cr := csv.NewReader(newWholeLines(r))
	cr.ReuseRecord = true
	first, err := cr.Read()
	if isEOF(err) {
		return nil // killed before the header was written
	}
	if err != nil {
		return csvError(name, cr, err)
	}
	header := append([]string(nil), first...)
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	trial, hasTrial := at["trial"]
	start, hasStart := at["start_s"]
	class, hasClass := at["class"]
	if !hasTrial || !hasStart || !hasClass {
		return fmt.Errorf("%s:1: columns are missing: it needs trial, start_s and class; %s", name, damaged)
	}
	checks := checksOf[Attempt](header)
	last, c := -1, (*Counts)(nil)
	for {
		row, err := cr.Read()
		if isEOF(err) {
			return nil
		}
		if errors.Is(err, csv.ErrFieldCount) {
			line, _ := cr.FieldPos(0)
			return fmt.Errorf("%s:%d: row has too many or too few columns; %s", name, line, damaged)
		}
		if err != nil {
			return csvError(name, cr, err)
		}
		for i, ok := range checks {
			if ok != nil && !ok(row[i]) {
				return valueError(name, cr, header, i, row[i])
			}
		}
		n, _ := strconv.Atoi(row[trial]) // checked above
		if n != last {
			last, c = n, of(counts, n)
		}
		c.Attempts++
		if row[class] == ClassSeen {
			c.Seen++
		}
		if began, _ := strconv.ParseFloat(row[start], 64); began >= warmUp {
			c.Counted++
		}
	}
}

// attemptPrefix is how the lines of attempts begin, as both writers write them.
var attemptPrefix = []byte(`{"kind":"` + LedgerAttempt + `","trial":`)

func countLedger(r io.Reader, name string, counts map[int]*Counts) error {
	return eachLine(r, name, func(n int, line []byte) error {
		if rest, ok := bytes.CutPrefix(line, attemptPrefix); ok && json.Valid(line) {
			digits := bytes.IndexAny(rest, ",}")
			if trial, err := strconv.Atoi(string(rest[:max(digits, 0)])); err == nil {
				of(counts, trial).Ledger++
				return nil
			}
		}
		var row LedgerRow
		if err := json.Unmarshal(line, &row); err != nil {
			return fmt.Errorf("%s:%d: line cannot be read: %w; %s", name, n, err, damaged)
		}
		if row.Kind == LedgerAttempt {
			of(counts, row.Trial).Ledger++
		}
		return nil
	})
}

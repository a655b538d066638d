package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// writeJSONL writes one line of JSON per row.
func writeJSONL[T any](w io.Writer, rows []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range rows {
		if err := enc.Encode(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// readJSONL calls f for every line, but for those that skip names; nil: all. It forgives a torn last line, and keys that it does not
// know; name stands in errors.
func readJSONL[T any](r io.Reader, name string, skip func(line []byte) bool, f func(*T) error) error {
	return readJSONLines(r, name, skip, func(_ int, row *T) error { return f(row) })
}

// readJSONLines is readJSONL that tells f the number of a line.
func readJSONLines[T any](r io.Reader, name string, skip func(line []byte) bool, f func(n int, row *T) error) error {
	return eachLine(r, name, func(n int, line []byte) error {
		if skip != nil && skip(line) {
			return nil
		}
		if len(bytes.TrimSpace(line)) == 0 {
			return fmt.Errorf("%s:%d: line is empty; %s", name, n, damaged)
		}
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			return fmt.Errorf("%s:%d: line cannot be read: %w; %s", name, n, err, damaged)
		}
		return f(n, &row)
	})
}

// eachLine calls f for every whole line with its number. The line is good until f returns.
func eachLine(r io.Reader, name string, f func(n int, line []byte) error) error {
	lines := newWholeLines(r)
	for n := 1; ; n++ {
		line, err := lines.next()
		if isEOF(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if err := f(n, line); err != nil {
			return err
		}
	}
}

package record

import (
	"bytes"
	"strings"
	"testing"
)

// A folder from before a column was added can be read; one that lacks another column cannot.
func TestColumnsThatCameLater(t *testing.T) {
	var b bytes.Buffer
	if err := writeCSV(&b, []Trial{{Trial: 1, Contestant: "a"}}, true); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	without := func(column string) string {
		names := strings.Split(lines[0], ",")
		values := strings.Split(lines[1], ",")
		var header, row []string
		for i, n := range names {
			if n != column {
				header, row = append(header, n), append(row, values[i])
			}
		}
		if len(header) != len(names)-1 {
			t.Fatalf("there is no column %s", column)
		}
		return strings.Join(header, ",") + "\n" + strings.Join(row, ",") + "\n"
	}
	read := func(text string) (rows []Trial, err error) {
		err = readCSV(strings.NewReader(text), "trials.csv", func(r *Trial) error {
			rows = append(rows, *r)
			return nil
		})
		return rows, err
	}
	if rows, err := read(without("duplicates")); err != nil || len(rows) != 1 || rows[0].Contestant != "a" || rows[0].Duplicates != nil {
		t.Errorf("without duplicates: %+v, %v", rows, err)
	}
	if rows, err := read(without("seed")); err == nil || !strings.Contains(err.Error(), "seed") {
		t.Errorf("without seed: %+v, %v", rows, err)
	}
}

package record

import (
	"bytes"
	"math"
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

// Nothing that sorts or compares floats is right with these.
func TestFloatsAreFinite(t *testing.T) {
	for _, bad := range []string{"NaN", "nan", "Inf", "+inf", "-Infinity"} {
		for name, row := range map[string]string{"goodput_mib_s": "trial,goodput_mib_s\n1,2\n2," + bad, "overshoot": "overshoot,trial\n,1\n" + bad + ",2"} {
			var rows []Trial
			err := readCSV(strings.NewReader(wide(t, row+"\n")), "trials.csv", func(r *Trial) error { rows = append(rows, *r); return nil })
			if err == nil || !strings.Contains(err.Error(), "trials.csv:3: column "+name+" holds") || len(rows) != 1 {
				t.Errorf("%s in %s: %d rows, %v", bad, name, len(rows), err)
			}
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if err := writeCSV(new(bytes.Buffer), []Trial{{Overshoot: &bad}}, true); err == nil {
			t.Errorf("%v was written", bad)
		}
	}
}

// wide adds the columns of trials.csv that text lacks, with zeros.
func wide(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeCSV(&b, []Trial{{}}, true); err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(b.String()), "\n")
	has := "," + strings.SplitN(text, "\n", 2)[0] + ","
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	values := strings.Split(all[1], ",")
	for i, name := range strings.Split(all[0], ",") {
		if strings.Contains(has, ","+name+",") {
			continue
		}
		for n := range lines {
			lines[n] += "," + map[bool]string{true: name, false: values[i]}[n == 0]
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestTrialsAreUnique(t *testing.T) {
	f := create(t, t.TempDir())
	for _, n := range []int{1, 3, 2, 3} {
		if err := f.AddTrial(Trial{Trial: n}); err != nil {
			t.Fatal(err)
		}
	}
	var read []int
	err := f.Trials(func(r *Trial) error { read = append(read, r.Trial); return nil })
	if err == nil || !strings.Contains(err.Error(), "trials.csv:5: trial 3 stands on line 3 already") || len(read) != 3 {
		t.Errorf("read %v, error %v", read, err)
	}
}

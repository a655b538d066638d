package metrics_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/report"
)

// keys are the numeric columns that say which row it is, and measure nothing.
var keys = []string{"trial", "part_size", "concurrency", "repeat", "seed"}

// numeric lists the columns of T that hold numbers, or what stands for 0 and 1 and may be unknown.
func numeric[T any]() (names []string) {
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("csv"), ",")
		kind := t.Field(i).Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		} else if kind.Kind() == reflect.Bool {
			continue
		}
		if kind.Kind() != reflect.String && !slices.Contains(keys, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// definition is a row of a table in docs/metrics.md.
type definition struct{ name, text, unit, better, unknown string }

func definitions(t *testing.T) (trial, phase []definition) {
	t.Helper()
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| `([a-z0-9_]+)` \\|")
	for _, section := range strings.Split(string(page), "\n## ") {
		for _, line := range strings.Split(section, "\n") {
			m := row.FindStringSubmatch(line)
			if m == nil || strings.HasPrefix(section, "details.jsonl") {
				continue
			}
			cells := strings.Split(strings.Trim(line, "|"), "|")
			if len(cells) != 6 {
				t.Fatalf("%d columns: %s", len(cells), line)
			}
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			d := definition{m[1], cells[1], cells[2], cells[3], cells[4]}
			if strings.HasPrefix(section, "phases.csv") {
				phase = append(phase, d)
			} else {
				trial = append(trial, d)
			}
		}
	}
	return trial, phase
}

func names(ds []definition) (names []string) {
	for _, d := range ds {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return names
}

// Every number in trials.csv and phases.csv is defined in docs/metrics.md, once, and nothing else is.
func TestEveryColumnIsDefined(t *testing.T) {
	trial, phase := definitions(t)
	if got, want := names(trial), numeric[record.Trial](); !slices.Equal(got, want) {
		t.Errorf("trials.csv: docs/metrics.md defines\n%v, the columns are\n%v", got, want)
	}
	if got, want := names(phase), numeric[record.PhaseRow](); !slices.Equal(got, want) {
		t.Errorf("phases.csv: docs/metrics.md defines\n%v, the columns are\n%v", got, want)
	}
	for _, d := range append(trial, phase...) {
		if d.text == "" || d.unknown == "" {
			t.Errorf("%s has an empty definition, or does not say where it is unknown", d.name)
		}
	}
}

// The page and the report agree on units and directions.
func TestDirections(t *testing.T) {
	better := map[report.Better]string{report.Higher: "more", report.Lower: "less", report.Neither: "–"}
	trial, _ := definitions(t)
	for _, d := range trial {
		m, ok := report.MetricOf(d.name)
		if !ok {
			t.Errorf("the report has no metric %s", d.name)
			continue
		}
		unit := strings.TrimSuffix(d.unit, "share") // is a pure number
		if unit != m.Unit || d.better != better[m.Better] {
			t.Errorf("%s: the page says %q and %q, the report %q and %q", d.name, unit, d.better, m.Unit, better[m.Better])
		}
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"golang.org/x/perf/benchfmt"

	"github.com/ratebench/ratebench/internal/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

var hostile = fake{
	names:     []string{"oracle", "<script>alert(1)</script>", "名前\x1b[31m\u202e", "a|b `c` *d* Unit x", "a very long name that never ends and goes on and on and on", "\n| x"},
	partSizes: []int64{8}, concurrency: []int{4}, repeats: 2,
	windows: []Window{{"one </text> with a very long name indeed", 1, 2}, {"two", 1.5, 2.5}, {"three is long as well", 2, 3}, {"late one at the end", 11, 0}},
}

var allFailed = fake{names: six, partSizes: []int64{8}, concurrency: []int{4}, repeats: 1, allFail: true, windows: storm.windows}

func TestGolden(t *testing.T) {
	for name, k := range map[string]fake{"storm": storm, "grid": gridRun, "hostile": hostile, "failed": allFailed} {
		r, a := analysed(t, k)
		drawn, left := pictures(a)
		var captions []Picture
		for _, p := range drawn {
			captions = append(captions, p.Picture)
		}
		for view, write := range map[string]func(io.Writer) error{
			"table.txt":  func(w io.Writer) error { return Table(w, a, TableOptions{}) },
			"table.ansi": func(w io.Writer) error { return Table(w, a, TableOptions{Color: true}) },
			"table.md":   func(w io.Writer) error { return Markdown(w, a) },
			"table.csv":  func(w io.Writer) error { return CSV(w, a) },
			"table.json": func(w io.Writer) error { return JSON(w, a) },
			"plots.txt":  func(w io.Writer) error { return writeTexts(w, svgsOf(t, a)) },
			"bench.txt":  func(w io.Writer) error { return Bench(w, r) },
			"summary.md": func(w io.Writer) error { return Summary(w, a, captions, left) },
		} {
			if name != "storm" && view != "table.txt" && view != "bench.txt" && (name != "hostile" || view != "summary.md") {
				continue
			}
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			golden(t, name+"-"+view, got.Bytes())
		}
	}
}

// golden compares what was made with a file in testdata, or writes that anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}

// writeTexts writes what is to be read in pictures.
func writeTexts(w io.Writer, svgs map[string]string) error {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(svgs)) {
		fmt.Fprintf(&b, "%s\n", name)
		for _, m := range regexp.MustCompile(`(?s)<text[^>]*>(.*?)</text>`).FindAllStringSubmatch(svgs[name], -1) {
			fmt.Fprintf(&b, "\t%s\n", strings.TrimSpace(m[1]))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTableFits(t *testing.T) {
	for name, k := range map[string]fake{"storm": storm, "grid": gridRun, "hostile": hostile, "failed": allFailed} {
		if raceEnabled && name == "grid" {
			continue
		}
		_, a := analysed(t, k)
		var plain, colored bytes.Buffer
		if err := Table(&plain, a, TableOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Table(&colored, a, TableOptions{Color: true}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(colored.String(), "\x1b[") {
			t.Errorf("%s: no colour", name)
		}
		if ansi.ReplaceAllString(colored.String(), "") != plain.String() {
			t.Errorf("%s: colour changes more than the colour", name)
		}
		for l := range strings.Lines(plain.String()) {
			l = strings.TrimSuffix(l, "\n")
			if runewidth.StringWidth(l) > tableWidth {
				t.Errorf("%s: %d columns: %s", name, runewidth.StringWidth(l), l)
			}
			if clean(l) != l {
				t.Errorf("%s: control characters in %q", name, l)
			}
		}
	}
}

func TestTableOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Table(&b, Analyse(&Run{}), TableOptions{}); err != nil || !strings.HasPrefix(b.String(), "no trials\n") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

func TestJSON(t *testing.T) {
	_, a := analysed(t, storm)
	var b bytes.Buffer
	if err := JSON(&b, a); err != nil {
		t.Fatal(err)
	}
	var back Analysis
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	got, want := back.Cells[0].Rows[0], a.Cells[0].Rows[0]
	if got.Contestant != want.Contestant || got.Stat("goodput_mib_s") != want.Stat("goodput_mib_s") || got.Calls != want.Calls || len(back.Warnings) != len(a.Warnings) {
		t.Errorf("read back: %+v\nwant %+v", got, want)
	}
	b.Reset()
	if err := JSON(&b, Analyse(&Run{})); err != nil || strings.Contains(b.String(), "null") {
		t.Errorf("lists of an empty run should be empty: %v\n%s", err, b.String())
	}
}

// benchstat's own reader has to find every trial, with its numbers, under different names.
func TestBenchParses(t *testing.T) {
	for name, k := range map[string]fake{"storm": storm, "hostile": hostile, "failed": allFailed} {
		r, _ := analysed(t, k)
		var b bytes.Buffer
		if err := Bench(&b, r); err != nil {
			t.Fatal(err)
		}
		reader := benchfmt.NewReader(&b, "bench.txt")
		names := map[string]int{}
		n := 0
		for reader.Scan() {
			switch rec := reader.Result().(type) {
			case *benchfmt.Result:
				if v, ok := rec.Value("MiB/s"); !ok || v != r.Trials[n].GoodputMiBs && diff(v, r.Trials[n].GoodputMiBs) > 1e-4 {
					t.Errorf("%s: trial %d has %v MiB/s, want %v", name, n+1, v, r.Trials[n].GoodputMiBs)
				}
				if got := rec.GetConfig("scenario"); got != "storm" {
					t.Errorf("%s: scenario %q", name, got)
				}
				names[rec.Name.String()]++
				n++
			case *benchfmt.SyntaxError:
				t.Errorf("%s: %v", name, rec)
			}
		}
		if reader.Err() != nil || n != len(r.Trials) || len(names) != len(k.names) {
			t.Errorf("%s: %d of %d trials, %d of %d contestants, %v", name, n, len(r.Trials), len(names), len(k.names), reader.Err())
		}
		if reader.Units().GetBetter("MiB/s") != 1 || reader.Units().GetBetter("attempts/call") != -1 {
			t.Errorf("%s: units say nothing about what is better", name)
		}
	}
}

func diff(a, b float64) float64 { return max(a-b, b-a) / max(a, b) }

func TestText(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 1: "1", 0.05: "0.050", 0.0123: "0.012", 0.00995: "0.010", 0.00994: "0.00994", 0.00142: "0.00142", 0.00049: "0.000490", -0.0000123: "-0.0000123", 1e-7: "1e-07", 0.8: "0.80", 1.234: "1.23", 9.999: "10.0", 12.34: "12.3", 99.96: "100", 123.4: "123", 1e6: "1e+06", -1.5: "-1.50"} {
		if got := num(f); got != want {
			t.Errorf("num(%v) = %q, want %q", f, got, want)
		}
	}
	for f, want := range map[float64]string{0: "0%", 0.027: "2.7%", 0.5: "50%", 1.12: "112%"} {
		if got := percent(f); got != want {
			t.Errorf("percent(%v) = %q, want %q", f, got, want)
		}
	}
	for in, want := range map[string]string{"a\nb": "a b", "a\x00\x1b[2J": "a??[2J", "\xff": "?", "é名": "é名", "\u202eevil": "?evil"} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, s := range []string{"", "one", "one two three four five", strings.Repeat("x", 50), "a " + strings.Repeat("名", 30) + " b"} {
		var joined strings.Builder
		for _, l := range wrap(s, 10) {
			if runewidth.StringWidth(l) > 10 || l == "" {
				t.Errorf("wrap(%q) has the line %q", s, l)
			}
			joined.WriteString(l)
		}
		if got, want := joined.String(), strings.ReplaceAll(s, " ", ""); strings.ReplaceAll(got, " ", "") != want {
			t.Errorf("wrap(%q) = %q", s, got)
		}
	}
}

// viewed is Write, but that it draws nothing under the race detector.
func viewed(dir string) (*Analysis, error) {
	if !raceEnabled {
		return Write(dir)
	}
	r, err := Read(dir)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		return nil, err
	}
	return Analyse(r), nil
}

// A folder of before there were phases, details and most metrics is read as what it was, and checked like any other.
func TestOldFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "old"))); err != nil {
		t.Fatal(err)
	}
	a, err := viewed(dir)
	if err != nil {
		t.Fatal(err)
	}
	row := a.Cells[0].Rows[0]
	if row.Trials != 2 || row.Stat("goodput_mib_s").Median == 0 || row.Stat("herd_index").N != 0 || row.Stat("cut_off").N != 0 || row.Phases != nil || row.Saturated != 0 {
		t.Errorf("row = %+v", row)
	}
	for _, w := range a.Warnings {
		if w.Kind == WarnMismatch {
			t.Errorf("warning: %v", w)
		}
	}
	// One row less, and it is noticed.
	path := filepath.Join(dir, record.AttemptsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	if err := os.WriteFile(path, []byte(strings.Join(append(lines[:2:2], lines[3:]...), "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if a, err = viewed(dir); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(a.Warnings, func(w Warning) bool { return w.Kind == WarnMismatch }) {
		t.Errorf("a row is missing, and nobody says so: %v", a.Warnings)
	}
}

// What is kept as a baseline is no run that somebody has changed: of the files that are not there it is said what cannot be shown without them.
func TestKeptAsBaseline(t *testing.T) {
	dir, kept := t.TempDir(), t.TempDir()
	storm.write(t, dir)
	for _, name := range []string{record.ManifestFile, record.TrialsFile, record.PhasesFile} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(kept, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := viewed(kept)
	if err != nil {
		t.Fatal(err)
	}
	var absent []string
	for _, w := range a.Warnings {
		if w.Kind == WarnMismatch || strings.Contains(w.Text, "changed") {
			t.Errorf("accused: %v", w)
		}
		if w.Kind == WarnAbsent {
			absent = append(absent, w.Text)
		}
	}
	text := strings.Join(absent, "\n")
	if len(absent) != 2 || !strings.Contains(text, "timeline.csv was not kept") || !strings.Contains(text, "ledger.jsonl was not kept") {
		t.Errorf("absent: %q", absent)
	}
}

// A file that lost its second half is noticed.
func TestSideFiles(t *testing.T) {
	for _, name := range []string{record.TimelineFile, record.DetailsFile} {
		dir := t.TempDir()
		storm.write(t, dir)
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 {
			b = []byte(`{"trial":1}` + "\n" + `{"trial":2}` + "\n")
		}
		if err := os.WriteFile(path, b[:len(b)/2], 0o644); err != nil {
			t.Fatal(err)
		}
		a, err := viewed(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(a.Warnings, func(w Warning) bool {
			return w.Kind == WarnMismatch && strings.Contains(w.Text, filepath.Base(path)+" has nothing")
		}) {
			t.Errorf("%s: %v", name, a.Warnings)
		}
	}
}

// A ledger that lost its windows is noticed: the numbers were made with them.
func TestLedgerWithoutWindows(t *testing.T) {
	dir := t.TempDir()
	storm.write(t, dir)
	path := filepath.Join(dir, record.LedgerFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept []byte
	for line := range bytes.Lines(b) {
		if !bytes.Contains(line, []byte(`"window"`)) {
			kept = append(kept, line...)
		}
	}
	lost := func() bool {
		a, err := viewed(dir)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(a.Warnings, func(w Warning) bool {
			return w.Kind == WarnMismatch && strings.Contains(w.Text, "ledger.jsonl has no window of trouble of 18 trials")
		})
	}
	if lost() {
		t.Error("all windows are there")
	}
	if err := os.WriteFile(path, kept, 0o644); err != nil {
		t.Fatal(err)
	}
	if !lost() {
		t.Error("no warning")
	}
}

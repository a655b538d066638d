package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/scenarios"
)

// ghgaTables is which tables of docs/ghga.md TestGHGATables makes again; with -update it writes those that differ. All of them take minutes:
//
//	go test ./cmd/ratebench -run TestGHGATables -ghga-tables . -timeout 60m -update
var ghgaTables = flag.String("ghga-tables", "^What is asked of the control plane$", "which tables of docs/ghga.md to make again: a pattern for their headings")

// docTable is a table of docs/ghga.md below the one command that gives it, in virtual time.
type docTable struct {
	heading string
	command []string   // what stands after "ratebench run"
	cells   [][]string // the first row is the header
	line    int        // of the header, from zero
}

// Every table that one command gives has columns that are known here, and the cheapest has the numbers of that command.
func TestGHGATables(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "ghga.md")
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	which, err := regexp.Compile(*ghgaTables)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	tables := docTables(lines)
	if len(tables) < 8 {
		t.Fatalf("found %d tables with a command, want at least 8", len(tables))
	}
	changed, made := false, 0
	for _, table := range tables {
		name, set := table.run(t)
		keys, err := table.columns()
		if err != nil {
			t.Error(err)
			continue
		}
		src, err := scenarios.Open(name)
		if err == nil {
			_, err = scenarios.Parse(name, src, nil, scenarioOptions(set)...)
		}
		if err != nil {
			t.Errorf("%s: %v", table.heading, err)
			continue
		}
		if !which.MatchString(table.heading) {
			continue
		}
		if raceEnabled {
			t.Skip("the detector takes ten times as long over the same numbers")
		}
		made++
		trials := rows(inVirtualTime(t, name, src, set...))
		for i, cells := range table.cells[1:] {
			now, err := remade(cells, keys, trials)
			if err != nil {
				t.Errorf("%s: %v", table.heading, err)
			} else if !slices.Equal(now, cells) {
				lines[table.line+2+i] = "| " + strings.Join(now, " | ") + " |"
				changed = true
				if !*update {
					t.Errorf("%s: the page has\n\t%q, and the command gives\n\t%q; with -update it is written", table.heading, cells, now)
				}
			}
		}
	}
	if made == 0 {
		t.Errorf("no table is called %s", *ghgaTables)
	}
	if changed && *update {
		if err := os.WriteFile(page, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Error(err)
		}
	}
}

// docTables finds tables that follow a single command which runs in virtual time. Those that put several runs side by side have titles with a colon, and
// are left out.
func docTables(lines []string) (tables []docTable) {
	heading, block := "", ""
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "## "):
			heading, block = line[3:], ""
		case strings.HasPrefix(line, "    "):
			if lines[i-1] == "" {
				block = ""
			}
			block += strings.TrimSuffix(strings.TrimSpace(line), "\\") + " "
		case strings.HasPrefix(line, "|"):
			table := docTable{heading: heading, line: i}
			for ; i < len(lines) && strings.HasPrefix(lines[i], "|"); i++ {
				if strings.HasPrefix(lines[i], "|---") {
					continue
				}
				cells := strings.Split(strings.Trim(lines[i], "|"), "|")
				for j := range cells {
					cells[j] = strings.TrimSpace(cells[j])
				}
				table.cells = append(table.cells, cells)
			}
			table.command = fields(block)
			if strings.Count(block, "ratebench run") == 1 && strings.Contains(block, "--clock virtual") && !strings.Contains(strings.Join(table.cells[0], ""), ":") {
				table.command = table.command[2:]
				tables = append(tables, table)
			}
		}
	}
	return tables
}

// fields takes a command line apart as a shell does that knows single quotes only.
func fields(command string) (list []string) {
	word, begun, quoted := "", false, false
	for _, c := range command + " " {
		switch {
		case c == '\'':
			begun, quoted = true, !quoted
		case c == ' ' && !quoted:
			if begun {
				list = append(list, word)
			}
			word, begun = "", false
		default:
			word, begun = word+string(c), true
		}
	}
	return list
}

// run is the scenario that a table's command runs, and what it sets.
func (d docTable) run(t *testing.T) (name string, set []string) {
	t.Helper()
	name = d.command[0]
	for args := d.command[1:]; len(args) > 0; args = args[2:] {
		switch {
		case len(args) > 1 && args[0] == "--set":
			set = append(set, args[1])
		case len(args) > 1 && args[0] == "--repeats":
			set = append(set, "repeats="+args[1])
		case len(args) > 1 && args[0] == "--clock":
		default:
			t.Fatalf("%s: the test does not know the flag %s", d.heading, args[0])
		}
	}
	return name, set
}

// columns finds what each column is of.
func (d docTable) columns() (keys []string, err error) {
	for _, title := range d.cells[0] {
		if _, ok := docColumns[title]; !ok && title != "contestant" && title != "part size" {
			return nil, fmt.Errorf("%s: the test does not know the column %q", d.heading, title)
		}
		keys = append(keys, title)
	}
	return keys, nil
}

// docColumns are the numbers of a trial by what the page calls them. What a trial does not have is 0.
var docColumns = map[string]struct {
	sum   bool // over all repeats; else it is the median
	value func(*record.Trial) float64
}{
	"goodput MiB/s":          {false, func(r *record.Trial) float64 { return r.GoodputMiBs }},
	"failed":                 {true, func(r *record.Trial) float64 { return float64(r.FailedObjects) }},
	"restarts":               {true, func(r *record.Trial) float64 { return number(r.RestartedFiles) }},
	"orphans":                {true, func(r *record.Trial) float64 { return number(r.OrphanedUploads) }},
	"early":                  {true, func(r *record.Trial) float64 { return float64(r.Early) }},
	"throttled":              {true, func(r *record.Trial) float64 { return float64(r.Throttled) }},
	"discarded MB":           {false, func(r *record.Trial) float64 { return number(r.DiscardedBytes) / 1e6 }},
	"control calls per part": {false, func(r *record.Trial) float64 { return number(r.ControlCallsPerPart) }},
	"tokens":                 {false, func(r *record.Trial) float64 { return number(r.Tokens) }},
	"seconds":                {false, func(r *record.Trial) float64 { return r.WallS }},
}

func number[T int | int64 | float64](p *T) float64 {
	if p == nil {
		return 0
	}
	return float64(*p)
}

// remade is a row of the page with the numbers of the trials, to as many places as it has.
func remade(cells, keys []string, trials []record.Trial) ([]string, error) {
	var of []record.Trial
	for _, r := range trials {
		ours := true
		for i, key := range keys {
			switch key {
			case "contestant":
				ours = ours && r.Contestant == cells[i]
			case "part size":
				ours = ours && strings.ReplaceAll(units.Size(r.PartSize).String(), "MiB", " MiB") == cells[i]
			}
		}
		if ours {
			of = append(of, r)
		}
	}
	if len(of) == 0 {
		return nil, fmt.Errorf("the command has no trial of %s", cells[0])
	}
	now := slices.Clone(cells)
	for i, key := range keys {
		column, ok := docColumns[key]
		if !ok {
			continue
		}
		var values []float64
		objects := 0
		for _, r := range of {
			values = append(values, column.value(&r))
			objects += r.Objects
		}
		v := middle(values)
		if column.sum {
			v = 0
			for _, x := range values {
				v += x
			}
		}
		_, places, _ := strings.Cut(cells[i], ".")
		now[i] = strconv.FormatFloat(v, 'f', len(places), 64)
		if key == "failed" {
			now[i] = fmt.Sprintf("%.0f/%d", v, objects)
		}
	}
	return now, nil
}

// middle is the median.
func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func TestDocTables(t *testing.T) {
	const page = "## One\n\n    ratebench run a --clock virtual \\\n      --set 'x=[a b,{c: 1}]' --repeats 2\n\nText.\n\n| contestant | failed | seconds |\n|---|---|---|\n| a | 1/2 | 1.0 |\n\n" +
		"    ratebench run a\n\n| contestant |\n|---|\n\n## Two\n\n    ratebench run a --clock virtual\n    ratebench run b --clock virtual\n\n| contestant |\n|---|\n"
	tables := docTables(strings.Split(page, "\n"))
	if len(tables) != 1 || tables[0].heading != "One" || tables[0].line != 7 || len(tables[0].cells) != 2 {
		t.Fatalf("found %+v", tables)
	}
	if name, set := tables[0].run(t); name != "a" || !slices.Equal(set, []string{"x=[a b,{c: 1}]", "repeats=2"}) {
		t.Errorf("the command is %s with %q", name, set)
	}
	trials := []record.Trial{
		{Contestant: "a", FailedObjects: 1, Objects: 3, WallS: 2}, {Contestant: "a", FailedObjects: 1, Objects: 3, WallS: 2.5}, {Contestant: "b", WallS: 9},
	}
	if now, err := remade([]string{"a", "1/2", "1.0"}, []string{"contestant", "failed", "seconds"}, trials); err != nil || !slices.Equal(now, []string{"a", "2/6", "2.2"}) {
		t.Errorf("got %q, %v", now, err)
	}
	if _, err := remade([]string{"c"}, []string{"contestant"}, trials); err == nil {
		t.Error("a row of nobody's")
	}
	if got := fields("a  'b c'd ''"); !slices.Equal(got, []string{"a", "b cd", ""}) {
		t.Errorf("got %q", got)
	}
}

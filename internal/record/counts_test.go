package record

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// counted is a folder with two trials; the second is without a row in the ledger.
func counted(t *testing.T) *Folder {
	t.Helper()
	f := create(t, t.TempDir())
	if err := f.WriteManifest(Manifest{Scenario: "test"}); err != nil {
		t.Fatal(err)
	}
	err := f.AddAttempts([]Attempt{
		{Trial: 1, StartS: 0.5, Class: ClassSeen, Contestant: "a,\"b"}, {Trial: 1, StartS: 1, Class: ClassSeen},
		{Trial: 1, StartS: 2, Class: ClassCut}, {Trial: 2, StartS: 3, Class: ClassNeverSent},
	})
	if err == nil {
		err = f.AddLedger([]LedgerRow{
			{Kind: LedgerWindow, Trial: 1, Name: "w", EndS: 1}, {Kind: LedgerAttempt, Trial: 1, TS: 0.5},
			{Kind: LedgerAttempt, Trial: 1, TS: 1, Key: "<>\n"}, {Kind: LedgerConnection, Trial: 1},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCounts(t *testing.T) {
	f := counted(t)
	got, err := f.Counts(1)
	if err != nil {
		t.Fatal(err)
	}
	for trial, want := range map[int]Counts{1: {Attempts: 3, Counted: 2, Seen: 2, Ledger: 2}, 2: {Attempts: 1, Counted: 1}} {
		if got[trial] == nil || *got[trial] != want {
			t.Errorf("trial %d: %+v, want %+v", trial, got[trial], want)
		}
	}
	windows := 0
	if err := f.Windows(func(r *LedgerRow) error { windows++; return nil }); err != nil || windows != 1 {
		t.Errorf("%d windows, %v", windows, err)
	}
}

func TestCountsOfDamage(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new string // new for old, or at the end if that is empty
		want           string // empty: forgiven
	}{
		"torn row":           {AttemptsFile, "", "2,torn", ""},
		"torn line":          {LedgerFile, "", `{"kind":"attempt","trial":1`, ""},
		"text for a number":  {AttemptsFile, "\n2,", "\ntwo,", "attempts.csv:5: column trial"},
		"text for a time":    {AttemptsFile, ",3,", ",3x,", "attempts.csv:5: column start_s"},
		"no number":          {AttemptsFile, ",3,", ",NaN,", "attempts.csv:5: column start_s"},
		"no end":             {AttemptsFile, ",3,", ",-inf,", "attempts.csv:5: column start_s"},
		"field too many":     {AttemptsFile, "\n2,", "\n2,2,", "attempts.csv:5: row has too many"},
		"quote":              {AttemptsFile, "\n2,,", "\n2,a\"b,", "attempts.csv:5: row cannot be read"},
		"header":             {AttemptsFile, "start_s", "begin_s", "attempts.csv:1: columns are missing"},
		"line without brace": {LedgerFile, "}\n", "\n", "ledger.jsonl:1: line cannot be read"},
		"half an attempt":    {LedgerFile, `"t_s":1,"key"`, `"t_s":1,"key`, "ledger.jsonl:3: line cannot be read"},
		"no number of trial": {LedgerFile, `"attempt","trial":1`, `"attempt","trial":"x"`, "ledger.jsonl:2: line cannot be read"},
	} {
		f := counted(t)
		path := filepath.Join(f.Dir(), c.file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b) + c.new
		if c.old != "" {
			if text = strings.Replace(string(b), c.old, c.new, 1); text == string(b) {
				t.Fatalf("%s: %q is not in\n%s", name, c.old, b)
			}
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		counts, err := f.Counts(0)
		switch {
		case c.want == "" && (err != nil || counts[1].Attempts != 3 || counts[1].Ledger != 2):
			t.Errorf("%s: %+v, %v", name, counts, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// What counts the rows finds the damage that reading them would.
func FuzzCountAttempts(f *testing.F) {
	f.Add(writeCSVBytes([]Attempt{{Trial: 1, Contestant: "a\nb", RetryAfterS: ptr(1e-9)}, {Trial: 1, Class: ClassSeen}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := readCSVBytes[Attempt](data)
		if err != nil {
			return // reading is stricter in some things
		}
		counts := map[int]*Counts{}
		if err := countAttempts(strings.NewReader(string(data)), "file", 0, counts); err != nil {
			if strings.Contains(err.Error(), "columns are missing") && len(rows) == 0 {
				return
			}
			t.Fatalf("it can be read, and not counted: %v", err)
		}
		n := 0
		for _, c := range counts {
			n += c.Attempts
		}
		if n != len(rows) {
			t.Fatalf("%d rows, counted %d", len(rows), n)
		}
	})
}
